//! L11: when all are seeds only timers, keep-alives and announces remain. L3: while a piece is nowhere nobody spins.
//!
//! Every client is counted over windows of [`WINDOW`], in which it was there and awake from the beginning to the end.
//!
//! *At any time* it is given its time no more often than its timers ask for ([`TIMEOUTS_PER_S`], and once for each block
//! that is sent or asked for, where its choker or its user sets limits), dials each address a
//! few times ([`DIALS`]), says no more than follows from what it hears, and gives its disk no more to do than blocks were
//! asked for. This is the guard against spinning, L3.
//!
//! *In a quiet swarm*, in which all who are there keep to the protocol, are awake, and have exactly the same pieces, and
//! have had them for [`SETTLING`], nobody asks for a block and nobody sends one, and what is said at all is a few
//! messages for each neighbour. This is L11 if they have all pieces, and L3 if a piece is nowhere.

use std::time::Duration;

use swarmlab_engine::allowance::RateLimits;
use swarmlab_engine::choker;
use swarmlab_engine::time::Time;

use crate::check::judge::Bench;
use crate::check::swarm::{Resident, Roster, Told, View, Watcher, Way};
use crate::check::wire::Said;
use crate::check::{Circumstances, Seen};

/// How long is counted.
const WINDOW: Duration = Duration::from_secs(60);
/// After the last change of a quiet swarm: requests in flight end, silent connections are given up.
const SETTLING: Duration = Duration::from_secs(200);
/// A tick a second, a round in ten, an announce in fifteen; time is also given when it was asked for earlier.
const TIMEOUTS_PER_S: u64 = 3;
/// An address rests for 30 s after each failure; both sides may dial, and a handshake may fail.
const DIALS: u64 = 5;
/// Announces of a window: one at the start, one at the end, and retries after 15 s and more.
const ANNOUNCES: u64 = 12;
/// Messages beyond those that answer one, for each neighbour and second.
const MESSAGES_PER_S: u64 = 4;
/// In a quiet swarm, for each line and window: greetings, or a keep-alive.
const GREETINGS: u64 = 12;

/// Judges L11, and the rest of L3.
#[derive(Default)]
pub struct Quiet {
    window: Option<Time>,
    quiet_since: Option<Time>,
    counts: Vec<Count>,
}

/// What one client has done in this window.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    timeouts: u64,
    dials: u64,
    /// Lines there were at first, and those that were opened.
    lines: u64,
    heard: u64,
    said: u64,
    asked: u64,
    blocks: u64,
    disk: u64,
}

impl Watcher for Quiet {
    fn see(&mut self, _: &mut Bench<'_>, _: &View, peer: u32, seen: &Seen<'_>) {
        let count = self.count(peer);
        match seen {
            Seen::TimedOut => count.timeouts += 1,
            Seen::Opened { dialled, .. } => {
                count.lines += 1;
                count.dials += u64::from(*dialled);
            }
            Seen::DiskAsked(_) => count.disk += 1,
            _ => {}
        }
    }

    fn said(&mut self, _: &mut Bench<'_>, _: &View, told: &Told<'_>) {
        let count = self.count(told.peer);
        match (told.way, told.said) {
            (Way::In, _) => count.heard += 1,
            (Way::Out, Said::Piece(..)) => count.blocks += 1,
            (Way::Out, Said::Request(_)) => count.asked += 1,
            (Way::Out, _) => count.said += 1,
        }
    }

    fn step(&mut self, bench: &mut Bench<'_>, view: &View, circumstances: &Circumstances<'_>) {
        let began = *self.window.get_or_insert(bench.now);
        if bench.now < began + WINDOW {
            return;
        }
        let is_quiet = circumstances.is_script_over && is_quiet(&view.roster);
        self.quiet_since = is_quiet.then(|| self.quiet_since.unwrap_or(bench.now).max(view.roster.changed()));
        let has_settled = self.quiet_since.is_some_and(|since| since + SETTLING <= began);
        for (peer, resident) in view.roster.iter() {
            let whole = resident.awake_since <= began && resident.is_answerable();
            let Some(count) = self.counts.get(peer as usize).filter(|_| whole) else { continue };
            let waited = bench.now - began;
            if let Some(what) = spins(bench, resident, count, waited) {
                bench.violated("L3", [peer], what, []);
            }
            if has_settled && let Some(what) = disturbs(count) {
                bench.violated(if resident.is_complete() { "L11" } else { "L3" }, [peer], what, []);
            }
        }
        let lines = |peer: usize| view.lines.of(peer as u32).count() as u64;
        self.counts.iter_mut().enumerate().for_each(|(peer, count)| {
            *count = Count { lines: lines(peer), ..Count::default() };
        });
        self.window = Some(bench.now);
    }
}

impl Quiet {
    fn count(&mut self, peer: u32) -> &mut Count {
        if self.counts.len() <= peer as usize {
            self.counts.resize_with(peer as usize + 1, Count::default);
        }
        &mut self.counts[peer as usize]
    }
}

/// Whether nobody has anything that another lacks.
fn is_quiet(roster: &Roster) -> bool {
    let mut all = roster.iter().map(|(_, resident)| resident);
    let Some(first) = all.clone().next() else { return false };
    all.all(|resident| resident.is_answerable() && resident.held == first.held)
}

/// What a client did too often, if it did.
fn spins(bench: &Bench<'_>, resident: &Resident, count: &Count, waited: Duration) -> Option<String> {
    let seconds = waited.as_secs_f64().ceil() as u64;
    let addresses = bench.setting.peers.len() as u64;
    let lines = count.lines;
    let pieces = u64::from(bench.setting.geometry().piece_count);
    let blocks = u64::from(bench.setting.geometry().block_count());
    // It may have become complete meanwhile.
    let choker = choker::leecher_by_name(&resident.config.choker).is_some_and(|entry| entry.promise.limits);
    let limits = choker || resident.config.limits != RateLimits::default();
    let waited_for = if limits { count.blocks + count.asked + count.lines } else { 0 };
    let bounds = [
        (
            "was given its time",
            count.timeouts,
            TIMEOUTS_PER_S * seconds + count.lines + ANNOUNCES + waited_for,
        ),
        ("dialled", count.dials, DIALS * addresses + ANNOUNCES),
        ("spoke", count.said + count.asked, 4 * count.heard + lines * (MESSAGES_PER_S * seconds + pieces)),
        ("used its disk", count.disk, 2 * count.heard + pieces + blocks),
    ];
    let too_often = bounds.into_iter().find(|(_, times, bound)| times > bound);
    too_often.map(|(what, times, bound)| {
        format!("it {what} {times} times in {seconds} s; {bound} can be explained")
    })
}

/// What a client does that there is no reason for, if it does.
fn disturbs(count: &Count) -> Option<String> {
    if count.asked + count.blocks > 0 {
        return Some(format!(
            "it asked for {} blocks and sent {}, and nobody lacks any",
            count.asked, count.blocks
        ));
    }
    (count.said > GREETINGS * (count.lines + 1)).then(|| {
        format!("it said {} things on {} connections, and there is nothing to say", count.said, count.lines)
    })
}
