//! Who can get what from whom, and how fast at the slowest.

use std::time::Duration;

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::metainfo::BLOCK_BYTES;

use crate::check::{Circumstances, Setting};
use crate::network::NetworkConfig;

use crate::check::swarm::{Resident, Roster};

/// Beyond this share of packets lost a stream stands still more than it moves, and nothing is expected of it.
const LOSS_MAX: f64 = 0.05;
/// Beyond this a handshake can take longer than clients wait for it.
const ROUND_TRIP_MAX: Duration = Duration::from_secs(4);
/// A lone stream carries so many segments a round trip, over the square root of the loss (Mathis et al. 1997: 1.22;
/// time-outs take a part of it).
const MATHIS: f64 = 0.6;

/// The swarm at one moment.
pub struct Reach<'a> {
    /// What was known before.
    pub setting: &'a Setting,
    /// Who is there.
    pub roster: &'a Roster,
    /// What is around them.
    pub circumstances: &'a Circumstances<'a>,
}

/// Those from whom somebody can get pieces, directly or passed on, all of whom serve.
pub struct Sources {
    /// By number.
    pub peers: Vec<u32>,
    /// Some of them can't connect to each other.
    pub has_gaps: bool,
    /// The longest round trip between any two, and to the one who asks.
    round_trip: Duration,
    /// The largest share of packets lost.
    loss: f64,
}

impl Reach<'_> {
    /// Whether somebody can be asked for what it has: it keeps to the protocol, nothing keeps it from answering, and its
    /// choker promises everybody a turn.
    pub fn serves(&self, peer: u32, resident: &Resident) -> bool {
        resident.is_answerable()
            && resident.serves_everybody()
            && self.circumstances.surroundings.disk_is_well(peer)
    }

    /// Whether two who are present can have a connection that is of use.
    pub fn can_meet(&self, a: u32, b: u32) -> bool {
        let bans = |one: u32, other: u32| {
            self.roster.get(one).is_none_or(|resident| resident.banned.contains(&other))
        };
        let dials =
            self.setting.peers[a as usize].takes_inbound || self.setting.peers[b as usize].takes_inbound;
        let (from, to) = (self.setting.hosts[a as usize], self.setting.hosts[b as usize]);
        let network = self.circumstances.network;
        let loss = 1.0 - network.kept(from, to).min(network.kept(to, from));
        dials
            && !bans(a, b)
            && !bans(b, a)
            && loss <= LOSS_MAX
            && network.round_trip_max(from, to) <= ROUND_TRIP_MAX
    }

    /// From whom this peer can get something.
    pub fn sources(&self, peer: u32) -> Sources {
        let servers: Vec<u32> = self
            .roster
            .iter()
            .filter(|(number, resident)| *number != peer && self.serves(*number, resident))
            .map(|(number, _)| number)
            .collect();
        let mut sources =
            Sources { peers: Vec::new(), has_gaps: false, round_trip: Duration::ZERO, loss: 0.0 };
        let mut waiting = vec![peer];
        while let Some(next) = waiting.pop() {
            for &server in &servers {
                if server == next || (next != peer && server < next && sources.peers.contains(&server)) {
                    continue;
                }
                if !self.can_meet(next, server) {
                    sources.has_gaps = true;
                } else {
                    sources.note(self, next, server);
                    if !sources.peers.contains(&server) {
                        sources.peers.push(server);
                        waiting.push(server);
                    }
                }
            }
        }
        sources.peers.sort_unstable();
        sources
    }

    /// What they have among them, with what the peer has itself.
    pub fn union(&self, peer: u32, sources: &Sources) -> PieceSet {
        let mut union = PieceSet::empty(self.setting.geometry().piece_count);
        for resident in sources.peers.iter().chain([&peer]).filter_map(|peer| self.roster.get(*peer)) {
            resident.held.iter().for_each(|piece| {
                union.insert(piece);
            });
        }
        union
    }

    /// The time in which the payload can be handed out (Kumar and Ross 2006): I = max(F/U_seed, F/d, N·F/ΣU), with rates
    /// that lone streams can carry, and that limits allow. Where some can't meet, or no single one has all, every piece may have to go through
    /// the slowest of them.
    pub fn fair_time(&self, peer: u32, sources: &Sources) -> Duration {
        let bits = self.setting.geometry().total_length as f64 * 8.0;
        let stream = self.stream_rate(sources);
        let up = |peer: u32| {
            let slots = self.roster.get(peer).map_or(0, Resident::slots);
            self.rates(peer).0.min(stream * f64::from(slots))
        };
        let is_full = |peer: &&u32| self.roster.get(**peer).is_some_and(Resident::is_complete);
        let wanting =
            self.roster.iter().filter(|(_, resident)| !resident.is_complete()).count().max(1) as f64;
        let seeds: f64 = sources.peers.iter().filter(is_full).map(|peer| up(*peer)).sum();
        let all: f64 = sources.peers.iter().map(|peer| up(*peer)).sum();
        let slowest = sources.peers.iter().map(|peer| up(*peer)).fold(f64::INFINITY, f64::min);
        let down = self.rates(peer).1.min(stream);
        let shared = match sources.has_gaps || seeds == 0.0 {
            true => wanting / slowest,
            false => (1.0 / seeds).max(wanting / all),
        };
        Duration::try_from_secs_f64(bits * shared.max(1.0 / down)).unwrap_or(Duration::MAX)
    }

    /// What its links, and the limits that it is set, leave a peer up and down, in bit/s.
    fn rates(&self, peer: u32) -> (f64, f64) {
        let limits = self.roster.get(peer).map(|resident| resident.config.limits).unwrap_or_default();
        let limit = |bytes_per_s: Option<u64>| bytes_per_s.map_or(f64::INFINITY, |limit| limit as f64 * 8.0);
        let (up, down) = self.circumstances.surroundings.rates(peer);
        ((up as f64).min(limit(limits.up_bytes_per_s)), (down as f64).min(limit(limits.down_bytes_per_s)))
    }

    /// What a lone stream carries, in bit/s: a window a round trip, or what may be asked for ahead.
    fn stream_rate(&self, sources: &Sources) -> f64 {
        let round_trip_s = sources.round_trip.as_secs_f64().max(1e-3);
        let window = f64::from(self.setting.scenario.network.receive_window_bytes);
        let links = self.setting.scenario.links.iter().map(|link| 1.0 - link.loss).product::<f64>();
        let loss = 1.0 - (1.0 - sources.loss) * links * links;
        let lossy = if loss > 0.0 {
            MATHIS * f64::from(NetworkConfig::MSS_BYTES) / loss.sqrt()
        } else {
            f64::INFINITY
        };
        let queues = sources.peers.iter().filter_map(|peer| self.roster.get(*peer));
        let queue = queues.map(|resident| resident.config.request_queue).min().unwrap_or(1);
        let asked_ahead = f64::from(queue) * f64::from(BLOCK_BYTES);
        window.min(lossy).min(asked_ahead) * 8.0 / round_trip_s
    }
}

impl Sources {
    fn note(&mut self, reach: &Reach<'_>, a: u32, b: u32) {
        let (from, to) = (reach.setting.hosts[a as usize], reach.setting.hosts[b as usize]);
        let network = reach.circumstances.network;
        self.round_trip = self.round_trip.max(network.round_trip_max(from, to));
        self.loss = self.loss.max(1.0 - network.kept(from, to).min(network.kept(to, from)));
    }
}
