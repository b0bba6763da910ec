//! S33: a piece of which nothing was asked yet is begun by the rule of the picker, and where that leaves a choice, by chance.
//!
//! - *rarest-first*, once it holds four pieces: no piece that the peer has is announced by fewer of the client's peers;
//!   The same goes for *rarest-first-pure* from the first and *rarest-first-late* from the sixteenth piece on, for
//!   *whole-pieces*, for *deadline* where nobody watches, and there for *window* within the window;
//! - *sequential*: none that the peer has comes before it;
//! - *random*, and *rarest-first* before that: any.
//!
//! What a coin, a player or an oracle has a part in can't be judged from outside.
//!
//! Of those that the rule leaves each is as likely. Over a whole run the places of the chosen among them are summed up; a
//! sum that chance brings about once in 10⁹ times is a violation: so everybody would begin with the same piece.
//!
//! Only pieces of which this client never asked for anything are compared: what became of the others nobody knows from
//! outside. Nothing is said of a client that has had a bad piece, of what is allowed while choked, nor of a step in which
//! the client was told who has what.

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::session::{ConnectionId, Event};

use crate::check::Seen;
use crate::check::judge::Bench;
use crate::check::swarm::{Told, View, Watcher, Way};
use crate::check::wire::Said;

use super::clients::{Clients, known};
use super::prompt::Step;

/// Rarest first begins at random: see the engine's pickers.
const RANDOM_FIRST_PIECES: u32 = 4;
const RANDOM_FIRST_PIECES_LATE: u32 = 16;
/// The window where nobody watches, in pieces and in per cent of the content: see the engine's pickers.
const WINDOW_MIN: u32 = 8;
const WINDOW_PERCENT: u32 = 8;
/// What lies outside of the window comes after all that lies within.
const OUTSIDE: u32 = 1 << 16;
/// How many standard deviations chance is granted.
const IMPROBABLE: f64 = 6.0;
/// So many choices say something.
const CHOICES_MIN: u32 = 16;

/// Judges S33.
#[derive(Default)]
pub struct Picking {
    clients: Clients<Client>,
    chance: Chance,
}

struct Client {
    step: Step,
    /// Pieces of which something was asked.
    touched: PieceSet,
    has_failures: bool,
    /// Pieces that were begun in this step.
    begun: Vec<Begun>,
}

/// A piece that was begun.
struct Begun {
    connection: ConnectionId,
    with: u32,
    piece: u32,
    rule: Option<Rule>,
    /// What it could have begun with instead as far as this line knows, each with what it comes to by the rule: the
    /// least comes first.
    choices: Vec<(u32, u32)>,
}

/// What the places of the chosen add up to.
#[derive(Default)]
struct Chance {
    choices: u32,
    /// Each place as a share of the choice, less one half.
    sum: f64,
    variance: f64,
}

impl Watcher for Picking {
    fn see(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, seen: &Seen<'_>) {
        let pieces = bench.setting.geometry().piece_count;
        let Some(client) = known(&mut self.clients, peer, seen, || Client::new(pieces)) else { return };
        match seen {
            Seen::Said(Event::PieceFailed { .. }) => client.has_failures = true,
            Seen::Settled(_) => client.settle(bench, view, peer, &mut self.chance),
            _ => {}
        }
        client.step.see(view, peer, seen);
    }

    fn said(&mut self, bench: &mut Bench<'_>, view: &View, told: &Told<'_>) {
        let Some(client) = self.clients.get_mut(&told.peer) else { return };
        client.step.said(told);
        if let (Way::Out, Said::Request(block)) = (told.way, told.said)
            && block.piece < bench.setting.geometry().piece_count
            && !client.touched.contains(block.piece)
        {
            let begun = client.begins(view, told, block.piece);
            client.begun.push(begun);
            client.touched.insert(block.piece);
        }
    }
}

impl Client {
    fn new(pieces: u32) -> Client {
        Client {
            step: Step::default(),
            touched: PieceSet::empty(pieces),
            has_failures: false,
            begun: Vec::new(),
        }
    }

    /// It asks for a first block of a piece.
    fn begins(&self, view: &View, told: &Told<'_>, piece: u32) -> Begun {
        let Told { peer, connection, line, .. } = *told;
        let mut begun = Begun { connection, with: line.with, piece, rule: None, choices: Vec::new() };
        let Some(resident) = view.roster.get(peer).filter(|_| line.is_unchoking) else { return begun };
        let (held, is_watched) = (&resident.held, resident.config.playback.is_some());
        let candidates = || line.theirs.iter_without(held).filter(|piece| !self.touched.contains(*piece));
        let rarest_after = |pieces| if held.len() >= pieces { Rule::RarestFirst } else { Rule::Random };
        let window = window(held);
        let rule = match &resident.config.picker[..] {
            "rarest-first" | "whole-pieces" => rarest_after(RANDOM_FIRST_PIECES),
            "rarest-first-pure" => Rule::RarestFirst,
            "rarest-first-late" => rarest_after(RANDOM_FIRST_PIECES_LATE),
            "deadline" if !is_watched => rarest_after(RANDOM_FIRST_PIECES),
            "window" if !is_watched && candidates().any(|piece| window.contains(&piece)) => Rule::Window,
            "window" if !is_watched => rarest_after(RANDOM_FIRST_PIECES),
            "random" => Rule::Random,
            "sequential" => Rule::Sequential,
            _ => return begun,
        };
        let lines = || view.lines.of(peer).map(|(_, line)| line).filter(|line| line.stands);
        let have = |piece: u32| lines().filter(|line| line.theirs.contains(piece)).count() as u32;
        let comes_to = |piece: u32| match rule {
            Rule::RarestFirst => have(piece),
            Rule::Window => have(piece) + if window.contains(&piece) { 0 } else { OUTSIDE },
            Rule::Sequential => piece,
            Rule::Random => 0,
        };
        begun.choices = candidates().map(|piece| (piece, comes_to(piece))).collect();
        begun.rule = Some(rule);
        begun
    }

    fn settle(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, chance: &mut Chance) {
        let begun = std::mem::take(&mut self.begun);
        if self.has_failures || !self.step.is_seen_through(view, peer) {
            return;
        }
        for one in &begun {
            let elsewhere = |piece: u32| {
                begun.iter().any(|other| other.connection != one.connection && other.piece == piece)
            };
            one.judge(bench, peer, chance, elsewhere);
        }
        if let Some(what) = chance.is_out_of_question() {
            bench.violated("S33", [peer], what, []);
        }
    }
}

impl Begun {
    /// `elsewhere` are the pieces that were begun with others meanwhile.
    fn judge(&self, bench: &mut Bench<'_>, peer: u32, chance: &mut Chance, elsewhere: impl Fn(u32) -> bool) {
        let choices = || self.choices.iter().filter(|(piece, _)| *piece == self.piece || !elsewhere(*piece));
        let own = choices().find(|(piece, _)| *piece == self.piece);
        let best = choices().min_by_key(|(_, comes_to)| *comes_to);
        let (Some(rule), Some((piece, own)), Some((better, best))) = (self.rule, own, best) else { return };
        if own > best {
            let what = match rule {
                Rule::RarestFirst => format!(
                    "it begins with piece {piece}, which {own} of its peers have, and not with piece {better}, \
                     which {best} have"
                ),
                Rule::Window => format!(
                    "it begins with piece {piece}, and not with piece {better}, which is in the window and rarer, or \
                     the only one of both there"
                ),
                Rule::Sequential | Rule::Random => {
                    format!("it begins with piece {piece}, and not with piece {better}, which comes before")
                }
            };
            bench.violated("S33", [peer, self.with], what, []);
            return;
        }
        let tied = || choices().filter(|(_, comes_to)| comes_to == best).map(|(piece, _)| piece);
        chance.count(tied().filter(|other| *other < piece).count() as u32, tied().count() as u32);
    }
}

#[derive(Clone, Copy)]
enum Rule {
    RarestFirst,
    Window,
    Random,
    Sequential,
}

/// The window of who has these pieces and does not watch.
fn window(held: &PieceSet) -> std::ops::Range<u32> {
    let start = held.first_gap(0);
    start..start + (held.piece_count() * WINDOW_PERCENT / 100).max(WINDOW_MIN)
}

impl Chance {
    /// The one in this place was chosen of so many.
    fn count(&mut self, place: u32, of: u32) {
        if of < 2 {
            return;
        }
        let of = f64::from(of);
        self.choices += 1;
        self.sum += (f64::from(place) + 0.5) / of - 0.5;
        self.variance += (1.0 - 1.0 / (of * of)) / 12.0;
    }

    fn is_out_of_question(&self) -> Option<String> {
        let deviations = self.sum / self.variance.sqrt();
        (self.choices >= CHOICES_MIN && deviations.abs() > IMPROBABLE).then(|| {
            let end = if deviations < 0.0 { "beginning" } else { "end" };
            format!(
                "of {} choices between equal pieces too many fell on the {end} of the content: {:.1} standard deviations",
                self.choices,
                deviations.abs()
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Chance;

    #[test]
    fn the_lowest_index_is_no_chance_and_any_place_is() {
        let mut chance = Chance::default();
        (0..200).for_each(|round| chance.count(round * 7 % 10, 10));
        assert_eq!(chance.is_out_of_question(), None);
        let mut chance = Chance::default();
        let first = (0..).find(|_| {
            chance.count(0, 10);
            chance.is_out_of_question().is_some()
        });
        assert_eq!(first, Some(15), "1.57 deviations for each choice, and 16 at least");
        let mut chance = Chance::default();
        (0..1_000).for_each(|_| chance.count(0, 1));
        assert_eq!(chance.is_out_of_question(), None, "no choice at all");
    }
}
