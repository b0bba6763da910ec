//! S48: a client that is set a limit sends and asks for no more payload than it allows, and no less than it could.
//!
//! # No more
//! What passes fills a bucket that leaks at the limit. Before each block there is at most [`SLACK`]'s worth in it: over any
//! time no more passes than the limit allows in that time, and [`SLACK`] and a block beside. This is counted in whole numbers,
//! and so exact. Requests are counted when they are said: of those that were decided earlier, while the socket was full, nobody
//! knows from outside when that was, and they are left out, which makes the bucket no fuller.
//!
//! # No less
//! Where a limit would let a block pass, and there is one, it does, in the time of two blocks at the limit, and [`GRACE`]: a
//! client wakes one connection after the other, and the first one's socket may be full. Such a block to be sent is one that
//! the disk has brought, for a peer that is served, on a line on which all that may be said was said. One to be asked for
//! is of a piece that nobody was asked for, that somebody has who serves the client and owes it nothing. And of requests that
//! could have been made earlier [`LATE_MAX`] in a row are never later than [`LATE`]: else it is the tick that makes them.
//! Nothing is said of a block to be sent where nobody can know whether the client still holds the request: without the fast
//! extension, once requests have come while it was choking, or about to.
//! Nothing is said where a choker has limits of its own, where a disk has failed or is full, or once a piece has failed:
//! pieces are kept for one peer at a time then.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use swarmlab_engine::allowance::RateLimits;
use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::session::{ConnectionId, Event};
use swarmlab_engine::storage::{JobId, Work};
use swarmlab_engine::time::Time;

use crate::check::judge::Bench;
use crate::check::swarm::{Line, Resident, Told, View, Watcher, Way};
use crate::check::wire::{BLOCK_BYTES, Block, Said};
use crate::check::{Circumstances, Seen, Sight};

use super::clients::{Clients, known};
use super::prompt::Step;

/// A driver that is late by so much may make up for it.
const SLACK: Duration = Duration::from_millis(100);
/// A tick, and the time between two looks.
const GRACE: Duration = Duration::from_secs(3);
/// A request that is made so long after it could have been.
const LATE: Duration = Duration::from_millis(100);
const LATE_MAX: u32 = 5;
/// How often everybody is looked at who has a limit.
const EVERY: Duration = Duration::from_secs(1);

/// Judges S48.
#[derive(Default)]
pub struct Limits {
    clients: Clients<Client>,
    look_at: Time,
}

/// A client, and what of it a limit may hold back.
struct Client {
    step: Step,
    up: Option<Meter>,
    down: Option<Meter>,
    /// What others have asked it for, and it has not answered.
    pending: BTreeMap<ConnectionId, Vec<Block>>,
    /// Where it may hold more than that: what came while it was choking, or was about to say so, may have found it unchoking
    /// again. Without the fast extension no REJECT tells of what the full queue has no room for then.
    doubtful: BTreeSet<ConnectionId>,
    /// What its disk is to bring.
    reads: BTreeSet<JobId>,
    /// Pieces of which something was asked.
    touched: PieceSet,
    has_failures: bool,
    /// Since when something could have been asked of somebody, whatever the limit says.
    open_since: Option<Time>,
    /// Requests in a row that came late.
    late: u32,
}

impl Client {
    fn new(pieces: u32, limits: RateLimits) -> Client {
        Client {
            step: Step::default(),
            up: limits.up_bytes_per_s.map(Meter::new),
            down: limits.down_bytes_per_s.map(Meter::new),
            pending: BTreeMap::new(),
            doubtful: BTreeSet::new(),
            reads: BTreeSet::new(),
            touched: PieceSet::empty(pieces),
            has_failures: false,
            open_since: None,
            late: 0,
        }
    }
}

impl Watcher for Limits {
    fn see(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, seen: &Seen<'_>) {
        let pieces = bench.setting.geometry().piece_count;
        let limits = || view.roster.get(peer).map(|resident| resident.config.limits).unwrap_or_default();
        let Some(client) = known(&mut self.clients, peer, seen, || Client::new(pieces, limits())) else {
            return;
        };
        match seen {
            Seen::Ready(_) | Seen::Frozen => {
                client.up.iter_mut().for_each(Meter::moves);
                if let Seen::Frozen = seen {
                    client.down.iter_mut().for_each(Meter::moves);
                }
            }
            Seen::DiskAsked(job) if matches!(job.work, Work::Read { .. }) => {
                client.reads.insert(job.id);
            }
            Seen::DiskAnswered(done) => {
                client.reads.remove(&done.id);
            }
            Seen::Closed { connection, .. } => {
                client.pending.remove(connection);
                client.doubtful.remove(connection);
            }
            Seen::Said(Event::PieceFailed { .. }) => client.has_failures = true,
            Seen::Settled(_) if client.down.is_some() => client.looks_around(bench.now, view, peer),
            _ => {}
        }
        client.step.see(view, peer, seen);
    }

    fn said(&mut self, bench: &mut Bench<'_>, view: &View, told: &Told<'_>) {
        let Some(client) = self.clients.get_mut(&told.peer) else { return };
        client.step.said(told);
        match (told.way, told.said) {
            (Way::Out, Said::Piece(block, _)) => {
                client.answered(told.connection, block);
                pass(&mut client.up, bench, told, block, "sent");
            }
            (Way::Out, Said::Request(block)) => {
                client.touched.insert(block.piece.min(client.touched.piece_count() - 1));
                client.is_late(bench, told);
                if client.step.is_prompt(told.connection) {
                    pass(&mut client.down, bench, told, block, "asked for");
                } else {
                    client.down.iter_mut().for_each(Meter::moves);
                }
            }
            (Way::In, Said::Request(block)) if client.listens(bench, told) => {
                let held_max = view.roster.get(told.peer).map_or(1, |resident| resident.config.request_queue);
                client.asked(told.connection, block, held_max);
            }
            (Way::In, Said::Request(_)) if !told.line.am_unchoking && !told.line.is_fast() => {
                client.doubtful.insert(told.connection);
            }
            (Way::In, Said::Cancel(block)) | (Way::Out, Said::Reject(block)) => {
                client.answered(told.connection, block);
            }
            (Way::Out, Said::Choke) => {
                let pending = client.pending.remove(&told.connection).unwrap_or_default();
                if !pending.is_empty() && !told.line.is_fast() {
                    client.doubtful.insert(told.connection);
                }
            }
            _ => {}
        }
    }

    fn step(&mut self, bench: &mut Bench<'_>, view: &View, circumstances: &Circumstances<'_>) {
        if bench.now < self.look_at {
            return;
        }
        self.look_at = bench.now + EVERY;
        for (&peer, client) in &mut self.clients {
            let Some(resident) = view.roster.get(peer).filter(|resident| resident.is_answerable()) else {
                continue;
            };
            let disk_is_well = circumstances.surroundings.disk_is_well(peer);
            if client.up.is_some() {
                let could = disk_is_well && client.could_send(view, peer, resident);
                hold(&mut client.up, bench, peer, could, "a block waits to be sent");
            }
            if client.down.is_some() {
                let could = disk_is_well && client.could_ask(view, peer, resident);
                hold(&mut client.down, bench, peer, could, "there is a block to be asked for");
            }
        }
    }
}

impl Client {
    /// Whether what is asked for now is surely noted down: what the other may not ask for can be passed over in silence.
    fn listens(&self, bench: &Bench<'_>, told: &Told<'_>) -> bool {
        told.line.am_unchoking && bench.setting.keeps_to_the_protocol(told.line.with)
    }

    /// A request that waits already is not held twice, and one beyond the queue is refused.
    fn asked(&mut self, connection: ConnectionId, block: &Block, held_max: u32) {
        let pending = self.pending.entry(connection).or_default();
        if pending.len() < held_max.max(1) as usize && !pending.contains(block) {
            pending.push(*block);
        }
    }

    fn answered(&mut self, connection: ConnectionId, block: &Block) {
        if let Some(pending) = self.pending.get_mut(&connection) {
            pending.retain(|own| own != block);
        }
    }

    fn looks_around(&mut self, now: Time, view: &View, peer: u32) {
        let resident = view.roster.get(peer).filter(|resident| resident.is_answerable());
        let is_open = resident.is_some_and(|resident| self.could_ask(view, peer, resident));
        self.open_since = is_open.then(|| self.open_since.unwrap_or(now));
    }

    /// Something is asked for.
    fn is_late(&mut self, bench: &mut Bench<'_>, told: &Told<'_>) {
        let (Some(meter), Some(since)) = (&mut self.down, self.open_since.take()) else { return };
        let waited = bench.now.since(since.max(meter.allowed_from()));
        self.late = if waited > LATE { self.late + 1 } else { 0 };
        if self.late >= LATE_MAX {
            let what = format!(
                "it asks {:.3} s after its limit of {} bytes/s has let it, {} times in a row",
                waited.as_secs_f64(),
                meter.bytes_per_s,
                self.late
            );
            bench.violated("S48", [told.peer, told.line.with], what, told.line.wire());
        }
    }

    fn could_send(&self, view: &View, peer: u32, resident: &Resident) -> bool {
        let waits = |connection: &ConnectionId, line: &Line| {
            let is_asked = self.pending.get(connection).is_some_and(|pending| !pending.is_empty());
            let is_sure = !self.doubtful.contains(connection);
            is_sure && line.is_drained && line.am_unchoking && is_asked
        };
        let is_free = !resident.promise().limits && self.reads.is_empty();
        is_free && view.lines.of(peer).any(|(connection, line)| waits(connection, line))
    }

    fn could_ask(&self, view: &View, peer: u32, resident: &Resident) -> bool {
        let waits = |line: &Line| {
            let mut wanted = line.theirs.iter_without(&resident.held);
            line.may_be_asked() && wanted.any(|piece| !self.touched.contains(piece))
        };
        let is_free = !self.has_failures && resident.disk_full_at.is_none();
        is_free && view.lines.of(peer).any(|(_, line)| waits(line))
    }
}

/// One direction, and its limit.
#[derive(Clone, Copy, Debug)]
struct Meter {
    bytes_per_s: u64,
    /// So many bytes are ahead of the limit, times 10⁹.
    level: u128,
    at: Time,
    /// Since when a block could have passed, and none has.
    could_since: Option<Time>,
}

impl Meter {
    fn new(bytes_per_s: u64) -> Meter {
        Meter { bytes_per_s, level: 0, at: Time::ZERO, could_since: None }
    }

    /// What is ahead of the limit by now.
    fn leak(&mut self, now: Time) -> u128 {
        let leaked = u128::from(self.bytes_per_s) * (now - self.at).as_nanos();
        (self.level, self.at) = (self.level.saturating_sub(leaked), now);
        self.level
    }

    /// What may be ahead of it when a block passes.
    fn most(&self) -> u128 {
        u128::from(self.bytes_per_s) * SLACK.as_nanos()
    }

    /// From when on a block may pass.
    fn allowed_from(&self) -> Time {
        let nanos = self.level.saturating_sub(self.most()).div_ceil(u128::from(self.bytes_per_s.max(1)));
        self.at + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// Something has moved: the wait for it is over.
    fn moves(&mut self) {
        self.could_since = None;
    }

    fn block(&self) -> Duration {
        Duration::from_secs_f64(f64::from(BLOCK_BYTES) / self.bytes_per_s as f64)
    }
}

/// A block passes.
fn pass(meter: &mut Option<Meter>, bench: &mut Bench<'_>, told: &Told<'_>, block: &Block, verb: &str) {
    let Some(meter) = meter else { return };
    meter.moves();
    let (ahead, most) = (meter.leak(bench.now), meter.most());
    if ahead > most {
        let early = (ahead - most).div_ceil(1_000_000_000);
        let what = format!("{block} is {verb} {early} bytes ahead of {} bytes/s", meter.bytes_per_s);
        bench.violated("S48", [told.peer, told.line.with], what, told.line.wire());
    }
    // To the nanosecond the moment for which it had to wait: at the next one it was too late for that.
    if ahead > 0 && ahead + u128::from(meter.bytes_per_s) >= most {
        bench.sometimes(Sight::RateLimited);
    }
    meter.level += u128::from(block.length) * 1_000_000_000;
}

/// Whether a block could pass, if the limit lets it.
fn hold(meter: &mut Option<Meter>, bench: &mut Bench<'_>, peer: u32, could: bool, why: &str) {
    let Some(meter) = meter else { return };
    let is_allowed = meter.leak(bench.now) <= meter.most();
    if !could || !is_allowed {
        return meter.moves();
    }
    let waits = bench.now - *meter.could_since.get_or_insert(bench.now);
    if waits > 2 * meter.block() + GRACE {
        let what = format!(
            "{why}, its limit of {} bytes/s allows it, and nothing has passed for {:.1} s",
            meter.bytes_per_s,
            waits.as_secs_f64()
        );
        bench.violated("S48", [peer], what, []);
    }
}
