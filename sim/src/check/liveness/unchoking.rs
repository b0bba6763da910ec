//! L5: a free slot is given. L6: everybody has a turn.
//!
//! # L5
//! While an uploader has a free slot of those that are configured, nobody who is interested in it stays choked for longer than a round ([`ROUND`]). A
//! line on which the uploader has something left to say may be unchoked already, and counts as a slot that is taken. Nothing
//! is said of chokers that decide themselves how many they unchoke.
//!
//! # L6
//! Who stays interested is unchoked in the end, if the choker promises so. How soon depends on its [`Turn`]:
//! - a *queue* gives the longest wait the next turn: as many turns of 30 s, each ended by a round, as it takes to
//!   serve all who are interested, and one more. Judged at [`MARGIN`] times that.
//! - a *lottery* draws one optimistic unchoke every 30 s, from all who have not earned a slot;
//!   newcomers have three lots, the last one none. A wait so long that chance alone brings it about once in 10⁹ times is
//!   a violation.
//!
//! And a turn ends: while somebody waits, nobody keeps a slot of a queue, nor the only slot of a lottery, which is
//! the optimistic one, for longer than [`LONGEST_TURN`].
//!
//! Nothing is said of an uploader that unchokes nobody, by its slots or its choker. The wait begins anew when the uploader thaws or becomes complete, which
//! changes its choker.

use std::collections::BTreeMap;
use std::time::Duration;

use swarmlab_engine::choker::{Slots, Turn};
use swarmlab_engine::session::{ConnectionId, Event};
use swarmlab_engine::time::Time;

use crate::check::judge::Bench;
use crate::check::swarm::{Line, Resident, View, Watcher};
use crate::check::{Circumstances, Seen};

/// A round of the choker, and a little.
const ROUND: Duration = Duration::from_secs(12);
/// A turn at a seed, ended by a round.
const TURN: Duration = Duration::from_secs(30 + 10);
/// Between two draws of an optimistic unchoke.
const ROTATION: Duration = Duration::from_secs(30);
/// A slot is given in a round or between two, drawn in a round, kept for 30 s, and given away in a round.
const LONGEST_TURN: Duration = Duration::from_secs(10 + 30 + 10 + 2);
/// Peers come, go, and lose interest while one waits.
const MARGIN: u32 = 2;
/// −ln 10⁻⁹.
const IMPROBABLE: f64 = 20.7;
/// How long a peer counts as new, with three lots instead of one.
const NEW: Duration = Duration::from_secs(60);
/// How often everybody is looked at.
const EVERY: Duration = Duration::from_secs(2);

/// Judges L5 and L6.
#[derive(Default)]
pub struct Unchoking {
    look_at: Time,
    uploaders: Vec<Uploader>,
}

#[derive(Default)]
struct Uploader {
    completed_at: Time,
    waits: BTreeMap<ConnectionId, Wait>,
}

/// Somebody is interested and choked.
#[derive(Clone, Copy)]
struct Wait {
    /// There has been a free slot all the time.
    free_since: Option<Time>,
    /// The most who were interested at a time.
    crowd: u32,
    /// The most of them who were new.
    newcomers: u32,
}

impl Watcher for Unchoking {
    fn see(&mut self, bench: &mut Bench<'_>, _: &View, peer: u32, seen: &Seen<'_>) {
        if self.uploaders.len() <= peer as usize {
            self.uploaders.resize_with(peer as usize + 1, Uploader::default);
        }
        let uploader = &mut self.uploaders[peer as usize];
        match seen {
            Seen::Gone | Seen::Frozen => *uploader = Uploader::default(),
            Seen::Said(Event::Completed { .. }) => uploader.completed_at = bench.now,
            _ => {}
        }
    }

    fn step(&mut self, bench: &mut Bench<'_>, view: &View, _: &Circumstances<'_>) {
        if bench.now < self.look_at {
            return;
        }
        self.look_at = bench.now + EVERY;
        for (peer, resident) in view.roster.iter().filter(|(_, resident)| resident.is_answerable()) {
            if resident.slots() > 0 {
                self.look(bench, view, peer, resident);
            }
        }
    }
}

impl Uploader {
    fn begin(&self, resident: &Resident, line: &Line) -> Option<Time> {
        let since = line.interested_since?;
        Some(since.max(line.choked_at).max(line.opened_at).max(resident.awake_since).max(self.completed_at))
    }
}

impl Unchoking {
    fn look(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, resident: &Resident) {
        let Some(uploader) = self.uploaders.get_mut(peer as usize) else { return };
        let lines = || view.lines.of(peer).map(|(_, line)| line).filter(|line| line.stands);
        let taken = lines().filter(|line| line.am_unchoking || !line.is_drained).count();
        let is_free =
            resident.promise().slots == Slots::Configured && taken < resident.config.upload_slots as usize;
        let crowd = lines().filter(|line| line.interested_since.is_some()).count() as u32;
        let newcomers = lines().filter(|line| line.opened_at + NEW > bench.now).count() as u32;
        let mut waits = BTreeMap::new();
        for (connection, line) in view.lines.of(peer) {
            let is_waiting = line.stands && line.is_drained && !line.am_unchoking;
            let Some(began) = uploader.begin(resident, line).filter(|_| is_waiting) else { continue };
            let before = uploader.waits.get(connection);
            let wait = Wait {
                free_since: is_free
                    .then(|| before.and_then(|before| before.free_since).unwrap_or(bench.now).max(began)),
                crowd: before.map_or(crowd, |before| before.crowd.max(crowd)),
                newcomers: before.map_or(newcomers, |before| before.newcomers.max(newcomers)),
            };
            waits.insert(*connection, wait);
            judge(bench, peer, resident, line, wait, began);
        }
        if let Some(first) = view.lines.of(peer).find_map(|(connection, line)| {
            let began = uploader.begin(resident, line)?;
            (waits.contains_key(connection) && began + LONGEST_TURN < bench.now).then_some(line)
        }) {
            judge_turns(bench, view, peer, resident, first);
        }
        uploader.waits = waits;
    }
}

fn judge(bench: &mut Bench<'_>, peer: u32, resident: &Resident, line: &Line, wait: Wait, began: Time) {
    let slots = resident.slots();
    if let Some(free) = wait.free_since.map(|since| bench.now - since).filter(|free| *free > ROUND) {
        let what =
            format!("of {slots} slots one was free for {:.0} s, and was not given", free.as_secs_f64());
        bench.violated("L5", [peer, line.with], what, line.wire());
    }
    let longest = match resident.promise().turn {
        Turn::Queue => TURN * (wait.crowd.div_ceil(slots) + 1) * MARGIN,
        Turn::Lottery => longest_bad_luck(wait.crowd.saturating_sub(slots - 1), wait.newcomers),
        Turn::Uncertain => return,
    };
    let waited = bench.now - began;
    if waited > longest {
        let what = format!(
            "it was interested for {:.0} s without a turn, with at most {} rivals for {slots} slots",
            waited.as_secs_f64(),
            wait.crowd.saturating_sub(1)
        );
        bench.violated("L6", [peer, line.with], what, line.wire());
    }
}

/// Somebody has waited for the length of a turn: nobody else may have had a slot all that time.
fn judge_turns(bench: &mut Bench<'_>, view: &View, peer: u32, resident: &Resident, waiting: &Line) {
    let promise = resident.promise();
    let has_one_slot = promise.slots == Slots::Configured && resident.config.upload_slots == 1;
    match promise.turn {
        Turn::Queue => {}
        Turn::Lottery if has_one_slot => {}
        Turn::Lottery | Turn::Uncertain => return,
    }
    let keeps = |line: &&Line| {
        line.stands && line.is_drained && line.am_unchoking && line.choked_at + LONGEST_TURN < bench.now
    };
    if let Some(line) = view.lines.of(peer).map(|(_, line)| line).find(keeps) {
        let kept_s = (bench.now - line.choked_at).as_secs_f64();
        let what = format!("it has had a slot for {kept_s:.0} s, for which peer {} waits", waiting.with);
        bench.violated("L6", [peer, line.with], what, line.wire());
    }
}

/// How long the draw of one among so many can pass somebody by.
fn longest_bad_luck(candidates: u32, newcomers: u32) -> Duration {
    let lots = f64::from(candidates.saturating_sub(1).max(1) + 2 * newcomers);
    let passed_by = 1.0 - 1.0 / lots;
    let draws = if passed_by > 0.0 { (IMPROBABLE / -passed_by.ln()).ceil() } else { 1.0 };
    ROTATION.mul_f64((draws + 2.0) * f64::from(MARGIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_luck_lasts_longer_among_more() {
        let minutes = |candidates, newcomers| longest_bad_luck(candidates, newcomers).as_secs() / 60;
        assert_eq!(minutes(2, 0), 3);
        assert_eq!(minutes(3, 0), 32);
        assert!(minutes(10, 0) > minutes(4, 0) && minutes(4, 3) > minutes(4, 0));
    }
}
