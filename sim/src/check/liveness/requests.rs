//! L4: a request ends in time. L8: a block that nobody brings is asked for elsewhere. L7, a part of it: so is a block of a
//! piece that failed.
//!
//! # L4
//! Of a peer that owes blocks and sends none for [`PATIENCE`] everything is taken back, by CANCEL or by the end of the
//! connection. The wait begins with the first request or with the last block that came, late or not; and a client that was
//! frozen begins again. One request then goes to that peer and stays, so that it can recover;
//! of that one nothing is said: with a slow peer, whoever takes back what is on its way never gets it. Nothing is said of
//! a line on which the client could not yet say everything that it has to say, or of requests that it may have given up
//! before they were sent.
//!
//! # L8
//! Whoever is left with one block so that it can recover loses that to the idle one too, when its time is up again; this
//! follows from the client's clock alone, and is judged at all times.
//!
//! In endgame, where every block that is missing is asked for, the blocks are asked of a second one at the next tick: who
//! serves a client and has one that at most one other owes is idle for [`ENDGAME_IDLE`] at most. Not so where a client is
//! set to ask for each block once.
//!
//! If somebody serves a client, has a block that the client lacks, and owes it nothing, then the client asks for it: at
//! the latest when whoever else owes the block has been given up. So for [`IDLE`] nobody stands idle who has a block that
//! nobody owes, or one who brings nothing. Nothing is said while a fault is on, since behind a partition one after the
//! other who owes the block may fall silent; nor while the client's disk isn't well or was full of late, and of those who
//! have rejected, or of whom it has taken something back, since they last brought something. Once a piece has failed, pieces
//! are kept for one peer at a time for a while, and all takes [`RESERVATIONS`] times as long; that is L7.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use swarmlab_engine::session::{ConnectionId, Event};
use swarmlab_engine::time::Time;

use crate::check::judge::Bench;
use crate::check::swarm::{Line, Resident, TORRENT, Told, View, Watcher, Way};
use crate::check::wire::{BLOCK_BYTES, Said};
use crate::check::{Circumstances, Seen};

/// The longest patience of the engine, 60 s, the tick that ends it, and a little.
const PATIENCE: Duration = Duration::from_millis(62_500);
/// Twice as long, and a tick for asking: whoever is given up the first time may be left with the same block.
const IDLE: Duration = Duration::from_secs(128);
/// A tick, and as long again as it takes to look twice.
const ENDGAME_IDLE: Duration = Duration::from_secs(5);
/// A piece that failed is kept for one of its senders after the other.
const RESERVATIONS: u32 = 4;
/// The longest rest before a full disk is tried again, and a little.
const DISK_RETRY: Duration = Duration::from_secs(630);
/// How often everybody is looked at.
const EVERY: Duration = Duration::from_secs(3);

/// Judges L4, L8, and a part of L7.
#[derive(Default)]
pub struct Requests {
    look_at: Time,
    /// Since when the script is over.
    calm_since: Option<Time>,
    /// By peer: since when each of its lines has been idle and has had something, and whose pieces have failed.
    clients: Vec<Client>,
}

#[derive(Default)]
struct Client {
    idle_since: BTreeMap<ConnectionId, Time>,
    /// Since when a line could have had the piece of which another was left with a block.
    stuck_since: BTreeMap<Stuck, Time>,
    endgame_since: Option<Time>,
    /// Who owes it blocks as it sees it: in endgame nobody asks them.
    snubs: BTreeSet<ConnectionId>,
    has_failures: bool,
}

/// A line that is idle, and the one that was left with a block of a piece.
type Stuck = (ConnectionId, ConnectionId, u32);

impl Watcher for Requests {
    fn see(&mut self, _: &mut Bench<'_>, _: &View, peer: u32, seen: &Seen<'_>) {
        if self.clients.len() <= peer as usize {
            self.clients.resize_with(peer as usize + 1, Client::default);
        }
        let client = &mut self.clients[peer as usize];
        match seen {
            Seen::Gone | Seen::Frozen => *client = Client::default(),
            Seen::Said(Event::PieceFailed { .. }) => client.has_failures = true,
            Seen::Closed { .. } => client.endgame_since = None,
            Seen::Settled(session) => {
                let snubs = session.peers(TORRENT).filter(|one| one.snubs_us);
                client.snubs.clear();
                client.snubs.extend(snubs.map(|one| one.connection));
            }
            _ => {}
        }
    }

    fn said(&mut self, _: &mut Bench<'_>, _: &View, told: &Told<'_>) {
        // Blocks have become free, and somebody may be asked for them first.
        let is_setback = match told.way {
            Way::In => matches!(told.said, Said::Reject(_) | Said::Choke),
            Way::Out => matches!(told.said, Said::Cancel(_)),
        };
        if let Some(client) = self.clients.get_mut(told.peer as usize).filter(|_| is_setback) {
            client.endgame_since = None;
        }
    }

    fn step(&mut self, bench: &mut Bench<'_>, view: &View, circumstances: &Circumstances<'_>) {
        if bench.now < self.look_at {
            return;
        }
        self.look_at = bench.now + EVERY;
        if circumstances.is_script_over {
            self.calm_since.get_or_insert(bench.now);
        }
        for (peer, resident) in view.roster.iter().filter(|(_, resident)| resident.is_answerable()) {
            for (_, line) in view.lines.of(peer) {
                look_at_debts(bench, peer, resident, line);
            }
            let is_full = resident.disk_full_at.is_some_and(|at| at + DISK_RETRY > bench.now);
            let can_write = !is_full && circumstances.surroundings.disk_is_well(peer);
            if can_write && !resident.is_complete() {
                self.look_at_idle(bench, view, peer, resident);
            } else if let Some(client) = self.clients.get_mut(peer as usize) {
                client.idle_since.clear();
                client.stuck_since.clear();
            }
        }
    }
}

impl Requests {
    fn look_at_idle(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, resident: &Resident) {
        let calm_since = self.calm_since;
        let Some(client) = self.clients.get_mut(peer as usize) else { return };
        let (mut idle_since, mut stuck_since) = (BTreeMap::new(), BTreeMap::new());
        let now = bench.now;
        // Where a limit says when the next block may be asked for, it is one line's turn after the other.
        let turns = wait_for_limit(resident) * view.lines.of(peer).count() as u32;
        let is_late = |line: &Line| now - line.waits_since().max(resident.awake_since) > PATIENCE;
        let asks_twice = resident.config.endgame_requesters_max > 1;
        let is_last = asks_twice && calm_since.is_some() && is_in_endgame(bench, view, peer, resident);
        client.endgame_since = if is_last { Some(client.endgame_since.unwrap_or(bench.now)) } else { None };
        for (connection, line) in view.lines.of(peer).filter(|(_, line)| line.may_be_asked()) {
            let Some((piece, block)) = something(bench, view, peer, resident, line, |_| true) else {
                continue;
            };
            let since = *client.idle_since.get(connection).unwrap_or(&bench.now);
            idle_since.insert(*connection, since);
            let idle = Idle { line, since: since.max(line.asked_at).max(resident.awake_since) };
            let is_snubbing = client.snubs.contains(connection);
            let mut stuck = None;
            if let Some((with, other, piece)) =
                idle.stuck_elsewhere(bench, view, peer, resident).filter(|_| !is_snubbing)
            {
                let key = (*connection, other, piece);
                let since = client.stuck_since.get(&key).copied().unwrap_or(now);
                stuck_since.insert(key, since);
                stuck = (now - since.max(resident.awake_since) > PATIENCE + turns).then_some(with);
            }
            let waits = calm_since.map_or(Duration::ZERO, |calm| bench.now - idle.since.max(calm));
            let waits = waits.saturating_sub(turns);
            let endgame_since = client.endgame_since.filter(|_| !is_snubbing);
            let in_endgame = endgame_since.map_or(Duration::ZERO, |began| bench.now - began);
            let (property, is_too_long) = match client.has_failures {
                true => ("L7", waits > IDLE * RESERVATIONS),
                false => {
                    let is_late =
                        waits > IDLE && something(bench, view, peer, resident, line, is_late).is_some();
                    ("L8", is_late || waits.min(in_endgame) > ENDGAME_IDLE)
                }
            };
            if let Some(with) = stuck.filter(|_| !client.has_failures) {
                let what =
                    format!("it serves us, owes us nothing, and has what peer {with} has owed for too long");
                bench.violated("L8", [peer, line.with], what, line.wire());
            } else if is_too_long {
                let what = format!(
                    "it serves us, owes us nothing, and has block {block} of piece {piece}, for which it was not \
                     asked in {:.0} s",
                    waits.as_secs_f64()
                );
                bench.violated(property, [peer, line.with], what, line.wire());
            }
        }
        (client.idle_since, client.stuck_since) = (idle_since, stuck_since);
    }
}

/// A line on which a client could ask, and asks for nothing.
struct Idle<'a> {
    line: &'a Line,
    since: Time,
}

impl Idle<'_> {
    /// Who was left with one block, has been given up once more meanwhile, and is still the only one to owe it, though it
    /// can be had here: its number, the line, and the piece.
    fn stuck_elsewhere(
        &self,
        bench: &Bench<'_>,
        view: &View,
        peer: u32,
        resident: &Resident,
    ) -> Option<(u32, ConnectionId, u32)> {
        let for_long = |since: Time| bench.now - since.max(resident.awake_since) > PATIENCE;
        let left_with = |other: &Line| {
            let is_clear = other.is_drained && !other.is_doubtful && other.asked.len() == 1;
            let block = other.asked.first().filter(|_| is_clear)?;
            let is_stuck = for_long(other.asked_at.max(other.waits_since()))
                && self.line.theirs.contains(block.piece)
                && !view.has_come(peer, block.piece, block.begin);
            is_stuck.then_some(block.piece)
        };
        let mut others = view.lines.of(peer).filter(|_| for_long(self.since));
        others.find_map(|(connection, other)| Some((other.with, *connection, left_with(other)?)))
    }
}

/// How long a block takes at the limit of what may be fetched.
fn wait_for_limit(resident: &Resident) -> Duration {
    let limit = resident.config.limits.down_bytes_per_s;
    limit.map_or(Duration::ZERO, |limit| Duration::from_secs_f64(f64::from(BLOCK_BYTES) / limit as f64))
}

fn look_at_debts(bench: &mut Bench<'_>, peer: u32, resident: &Resident, line: &Line) {
    let Some(first) = line.asked.first().filter(|_| line.is_drained && !line.is_doubtful) else { return };
    let waits = bench.now - line.waits_since().max(resident.awake_since);
    let is_a_last_chance = line.is_distrusted && line.asked.len() == 1;
    if waits > PATIENCE && !is_a_last_chance {
        let owed = line.asked.len();
        let what = format!("{owed} requests, the first for {first}, wait for {:.0} s", waits.as_secs_f64());
        bench.violated("L4", [peer, line.with], what, line.wire());
    }
}

/// Every block that is missing has come, or is owed by somebody, beyond doubt.
fn is_in_endgame(bench: &Bench<'_>, view: &View, peer: u32, resident: &Resident) -> bool {
    if view.lines.of(peer).any(|(_, line)| !line.is_drained || line.is_doubtful) {
        return false;
    }
    let geometry = bench.setting.geometry();
    let owed: BTreeSet<(u32, u32)> = view
        .lines
        .of(peer)
        .flat_map(|(_, line)| line.asked.iter().map(|asked| (asked.piece, asked.begin)))
        .collect();
    let missing = (0..geometry.piece_count).filter(|piece| !resident.held.contains(*piece));
    missing.into_iter().all(|piece| {
        let mut begins = (0..geometry.blocks_in(piece)).map(|block| block * BLOCK_BYTES);
        begins.all(|begin| owed.contains(&(piece, begin)) || view.has_come(peer, piece, begin))
    })
}

/// A block that the other has, the peer lacks, and at most one other owes: `may_owe` tells who that may be.
fn something(
    bench: &Bench<'_>,
    view: &View,
    peer: u32,
    resident: &Resident,
    line: &Line,
    may_owe: impl Fn(&Line) -> bool,
) -> Option<(u32, u32)> {
    let geometry = bench.setting.geometry();
    line.theirs.iter_without(&resident.held).find_map(|piece| {
        let mut blocks = 0..geometry.blocks_in(piece);
        let block = blocks.find(|block| {
            let begin = block * BLOCK_BYTES;
            let owed =
                |line: &Line| line.asked.iter().any(|asked| (asked.piece, asked.begin) == (piece, begin));
            let owers = || view.lines.of(peer).map(|(_, line)| line).filter(|line| owed(line));
            !view.has_come(peer, piece, begin) && owers().count() <= 1 && owers().all(&may_owe)
        });
        block.map(|block| (piece, block))
    })
}
