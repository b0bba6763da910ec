//! A download as plain lines, for logs and pipes.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use indicatif::{HumanBytes, HumanDuration};
use swarmlab_engine::metainfo::Metainfo;

use crate::text::{printable, say};

use super::view::{Snapshot, View};

/// A line now and then, if there is news.
#[derive(Default)]
pub struct Lines {
    said: String,
}

impl View for Lines {
    fn period(&self) -> Duration {
        Duration::from_secs(10)
    }

    fn found(&mut self, now: &Snapshot) {
        say(format_args!("{} of {} pieces are here", now.progress.pieces_held, now.progress.piece_count));
    }

    fn resumed(&mut self, now: &Snapshot) {
        say(resumed(now));
    }

    fn listening(&mut self, address: SocketAddr) {
        say(format_args!("listening on {address}"));
    }

    fn known(&mut self, _total_bytes: u64, _piece_count: u32) {}

    fn metadata(&mut self, metainfo: &Metainfo) {
        say(received(metainfo));
    }

    fn checked(&mut self, _pieces: u32) {}

    fn progress(&mut self, now: &Snapshot) {
        let status = status(now);
        if status != self.said {
            say(&status);
            self.said = status;
        }
    }

    fn note(&mut self, text: &str) {
        say(text);
    }

    fn complete(&mut self, target: &Path, seeding: bool, now: &Snapshot) {
        say(completed(target, seeding, now));
    }

    fn leaving(&mut self) {
        say(LEAVING);
    }

    fn unfinished(&mut self, now: &Snapshot) {
        say(go_on(now));
    }
}

/// Said when the user wants to end.
pub const LEAVING: &str = "saying goodbye to trackers and peers; Ctrl-C again quits at once";

/// What a magnet link has led to.
pub fn received(metainfo: &Metainfo) -> String {
    let (info, geometry) = (&metainfo.info, metainfo.info.geometry());
    format!("metadata received: {}, {}", printable(info.name()), HumanBytes(geometry.total_length))
}

/// What is known without a look at it.
pub fn resumed(now: &Snapshot) -> String {
    let (held, pieces) = (now.progress.pieces_held, now.progress.piece_count);
    format!("{held} of {pieces} pieces are here, as they were left (--recheck verifies them)")
}

/// One line that says it all.
fn status(now: &Snapshot) -> String {
    if now.is_fetching_metadata() {
        return fetching(now);
    }
    let progress = &now.progress;
    let left = now.time_left().map_or(String::new(), |left| format!(", {} left", HumanDuration(left)));
    format!(
        "{:>3}%  {} of {} pieces, down {}/s, up {}/s, {}{}",
        now.percent(),
        progress.pieces_held,
        progress.piece_count,
        HumanBytes(now.down_rate),
        HumanBytes(now.up_rate),
        now.peers(),
        if now.is_complete() { "" } else { &left },
    )
}

/// The status as long as nobody knows what is downloaded.
pub fn fetching(now: &Snapshot) -> String {
    format!("fetching the metadata, {}", now.peers())
}

/// Where the content is, and what it took.
pub fn completed(target: &Path, seeding: bool, now: &Snapshot) -> String {
    let totals = &now.progress.totals;
    let took = match (totals.downloaded, totals.wasted.total()) {
        (0, _) => "it was there already".to_owned(),
        (all, 0) => format!("{} downloaded", HumanBytes(all)),
        (all, wasted) => format!("{} downloaded, {} of it in vain", HumanBytes(all), HumanBytes(wasted)),
    };
    let then = if seeding { "; seeding until interrupted" } else { "" };
    format!("complete: {}, {took}{then}", target.display())
}

/// What to do after an interruption.
pub fn go_on(now: &Snapshot) -> String {
    format!("stopped at {}%; the same command goes on from here", now.percent())
}
