//! The replay: the swarm as a graph and every peer's pieces, at any moment of the run.
//!
//! Owns what is embedded of the tables, and how much at most; drawing is the business of the scripts.

mod edges;
mod frames;
mod holdings;
mod shown;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};
use serde_json::{Value, json};
use swarmlab_sim::results::{EventRow, Run};

use crate::format::{count, duration};
use edges::Edges;
use frames::Frames;
use holdings::Holdings;
use shown::Shown;

/// Marks nearer to each other than this share of the slider are one.
const MARKS_APART: f64 = 0.025;

/// All that the page needs of a run to play it.
pub(super) struct Replay {
    shown: Shown,
    frames: Frames,
    holdings: Holdings,
    edges: Edges,
    marks: Vec<Mark>,
}

/// Moments at which the script of the scenario did something.
struct Mark {
    /// Along the slider, 0 to 1.
    place: f64,
    frame: usize,
    numbers: String,
    words: String,
}

impl Replay {
    /// None of a run of which nothing was recorded.
    pub fn of(run: &Run) -> Option<Replay> {
        let shown = Shown::of(&run.tables.peers);
        let frames = Frames::of(run, &shown);
        if frames.times_s.len() < 2 || shown.rows.is_empty() {
            return None;
        }
        Some(Replay {
            holdings: Holdings::of(run, &shown, &frames),
            edges: Edges::of(run, &shown, &frames),
            marks: marks(&run.tables.events, &frames),
            shown,
            frames,
        })
    }

    /// What is embedded: numbers as they are, long lists of bytes in base64.
    pub fn data(&self, run: &Run) -> Value {
        let text = |bytes: &[u8]| STANDARD.encode(bytes);
        let wide = |numbers: &[u16]| {
            text(&numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>())
        };
        let peers = || self.shown.rows.iter().map(|&row| &run.tables.peers[row]);
        json!({
            "moments": self.frames.times_s.iter().map(|&time_s| duration(time_s)).collect::<Vec<_>>(),
            "groups": self.shown.groups,
            "peer": peers().map(|peer| peer.peer).collect::<Vec<_>>(),
            "group": self.shown.group_of,
            "role": peers().map(|peer| peer.role.as_str()).collect::<Vec<_>>(),
            "shares": text(&self.frames.shares),
            "lives": self.holdings.lives.iter().map(|life| json!([life.place, life.frame])).collect::<Vec<_>>(),
            "pieces": self.holdings.pieces,
            "since": text(&self.holdings.since),
            "edges": {
                "starts": self.edges.starts,
                "from": wide(&self.edges.from),
                "to": wide(&self.edges.to),
                "level": text(&self.edges.levels),
            },
        })
    }

    pub fn section(&self) -> Markup {
        let last = self.frames.times_s.len() - 1;
        html! {
            section id="replay" {
                h2 { "Replay" }
                noscript { p.note { "The replay needs scripting; everything else on this page does not." } }
                div.script hidden {
                    div.player role="group" aria-label="Play the run" {
                        button type="button" id="play" { "Play" }
                        div.track {
                            input type="range" id="moment" min="0" max=(last) step="1" value="0" aria-label="Moment of the run";
                            div.marks { @for mark in &self.marks {
                                button type="button" style=(format!("left: {:.2}%", mark.place * 100.0)) data-frame=(mark.frame)
                                    title=(mark.words) aria-label=(format!("Go to: {}", mark.words)) { (mark.numbers) }
                            } }
                        }
                        label { "Pace " select id="pace" {
                            option value="60" { "1 min" } option value="30" selected { "30 s" } option value="15" { "15 s" }
                            option value="8" { "8 s" }
                        } }
                        label { "Peer " input type="number" id="chosen" min="0" inputmode="numeric" placeholder="none"; }
                    }
                    p.told { output id="clock" for="moment" {} " " span id="about" aria-live="polite" {} }
                    canvas id="graph" role="img" aria-label="The swarm as a graph" {}
                    (key())
                    canvas id="holdings" role="img" aria-label="The pieces that each peer holds" {}
                }
                p.note.script hidden { (self.how_to_read()) }
            }
        }
    }

    fn how_to_read(&self) -> String {
        let mut text = "Above: each dot is a peer, the initial seeds in the middle, the others around them by group; the fuller \
                        and the brighter, the more pieces it holds, and a faint ring is a peer that is not there. Lines are payload \
                        on its way at this moment, bent to the left of their direction, the wider the faster. Below: a row \
                        for each peer, a column for each piece; orange has come since the moment before. Keys on the slider: \
                        arrows, Page up and down, Home and End, space to play. A click on a peer tells more of it."
            .to_owned();
        if self.shown.every > 1 {
            text += &format!(" One peer in {} is shown.", self.shown.every);
        }
        if self.holdings.every > 1 {
            text += &format!(" One piece in {} is shown.", self.holdings.every);
        }
        if self.edges.left_out > 0 {
            let (most, left_out) = (count(edges::FRAME_MAX as u64), count(self.edges.left_out as u64));
            text += &format!(
                " At most {most} lines are drawn at a moment, the fastest; {left_out} in all are left out."
            );
        }
        text
    }
}

/// What the colours of the graph mean.
fn key() -> Markup {
    html! {
        ul.key {
            li { span.ramp {} " 0 to 100 % of the pieces" }
            li { span.stroke.from-seed {} " sent by an initial seed" }
            li { span.stroke.from-peer {} " sent by another peer" }
            li { span.stroke.given {} " given, " span.stroke.taken {} " taken by the chosen peer" }
        }
    }
}

/// The events by their numbers, near ones together.
fn marks(events: &[EventRow], frames: &Frames) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    let mut first = 0;
    for (index, event) in events.iter().enumerate().filter(|(_, event)| event.time_s.is_finite()) {
        let frame = frames.at(event.time_s);
        let place = frame as f64 / (frames.times_s.len() - 1) as f64;
        let words = format!("{}, {}: {}", duration(event.time_s), event.name, event.action);
        match marks.last_mut() {
            Some(last) if place - last.place < MARKS_APART => {
                last.numbers = format!("{}–{}", first + 1, index + 1);
                last.words = format!("{}; {words}", last.words);
            }
            _ => {
                first = index;
                marks.push(Mark { place, frame, numbers: (index + 1).to_string(), words });
            }
        }
    }
    marks
}
