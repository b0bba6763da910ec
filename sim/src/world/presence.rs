//! The presence of peers in the books: they come, verify, complete, lose patience, and are gone.

use std::net::SocketAddr;

use rand::SeedableRng;
use rand::seq::IndexedRandom;

use swarmlab_engine::random::Rng;
use swarmlab_engine::session::{AddTorrent, Event as Happening, SessionConfig, StartWith};
use swarmlab_engine::storage::SharedStore;
use swarmlab_engine::time::Time;
use swarmlab_engine::wire::PeerId;

use crate::check::Seen;
use crate::network::HostId;
use crate::scenario::{Given, Group, Has, Keeps, OnComplete, Spans};

use super::addresses;
use super::draws::{generator, seed_for};
use super::event::{Event, Visit};
use super::participant::{Disk, Participant};
use super::peer_host::{Leaving, PeerHost};
use super::population::{draw, first_pieces};
use super::settings::torrent_config;
use super::swarm::Swarm;

impl<C: Participant> Swarm<'_, C> {
    /// A peer is about to come, for the first time or again: what its client may believe of its disk.
    pub fn arrive(&mut self, now: Time, number: u32) -> StartWith {
        let peer = &mut self.peers[number as usize];
        let group = &self.scenario.groups[peer.group];
        let is_sought = group.client.given == Given::Magnet && !peer.has_metadata;
        let start = match (peer.visits, group.has) {
            _ if is_sought => StartWith::Nothing,
            (0, Has::All) => StartWith::Everything,
            (0, Has::Nothing) => StartWith::Nothing,
            (0, Has::Share(_) | Has::AllBut(_)) | (1.., _) => StartWith::Check,
        };
        peer.visits += 1;
        peer.left = None;
        if peer.is_awaited() && std::mem::take(&mut peer.is_lost) {
            self.unfinished += 1;
        }
        self.capacity.change(now, 0, peer.rates.now().up);
        if peer.is_awaited() {
            self.capacity.begin(now);
        }
        self.tell_rates(now, number);
        start
    }

    /// Its client has its torrent, and has done nothing yet.
    pub fn settle_in(&mut self, now: Time, number: u32, start: &StartWith) {
        if *start != StartWith::Check {
            self.count(now, number, true);
        }
        let visit = self.peers[number as usize].visit(number);
        if let Some(abort) = self.group(number).abort {
            self.later(now, &abort, b"abort", visit, Event::Abort(visit));
        }
    }

    /// The group of a peer.
    pub fn group(&self, number: u32) -> &Group {
        &self.scenario.groups[self.peers[number as usize].group]
    }

    /// How the client of a visit is set.
    pub fn session_config(&self, visit: Visit) -> SessionConfig {
        let seed = seed_for(self.scenario.seed, b"client", key(visit));
        SessionConfig {
            peer_id: PeerId::random(&mut Rng::seed_from_u64(seed)),
            listen_port: addresses::PEER_PORT,
            seed,
            limits: Default::default(),
        }
    }

    /// What a peer's client is told of its torrent.
    pub fn torrent_of(&self, number: u32, start: StartWith) -> AddTorrent {
        let group = self.group(number);
        let torrent = match group.client.given {
            Given::Magnet if !self.peers[number as usize].has_metadata => self.metainfo.magnet().into(),
            Given::Magnet | Given::File => self.metainfo.clone().into(),
        };
        let peers = self.known_to(number).into_iter().collect();
        AddTorrent { torrent, start, peers, config: torrent_config(group) }
    }

    /// Where the one listens whom a peer knows from the start, if it knows one.
    fn known_to(&self, number: u32) -> Option<SocketAddr> {
        let name = self.group(number).knows.as_ref()?;
        let group = self.scenario.groups.iter().position(|group| group.name == *name)?;
        let is_other =
            |(other, peer): &(usize, &PeerHost<C>)| peer.group == group && *other != number as usize;
        let others: Vec<HostId> =
            self.peers.iter().enumerate().filter(is_other).map(|(_, peer)| peer.host).collect();
        let mut rng = generator(self.scenario.seed, b"knows", number.into());
        others.choose(&mut rng).map(|host| addresses::peer(*host))
    }

    /// The content of a peer's disk when it comes for the first time.
    pub fn first_store(&self, number: u32) -> SharedStore {
        let mut rng = generator(self.scenario.seed, b"has", number.into());
        let store = match self.group(number).has {
            Has::All => SharedStore::full(self.content.clone(), self.options.hashing),
            has => {
                let pieces = first_pieces(has, self.content.geometry().piece_count, &mut rng);
                SharedStore::holding(self.content.clone(), self.options.hashing, pieces)
            }
        };
        store.expect("tried before the run")
    }

    /// What a present peer holds begins, or ends, to count among the copies of the swarm.
    pub fn count(&mut self, now: Time, number: u32, present: bool) {
        let peer = &mut self.peers[number as usize];
        let is_first_visit = peer.wants() && peer.visits == 1;
        let Some(client) = &mut peer.client else { return };
        if std::mem::replace(client.counted(), present) == present {
            return;
        }
        let held = client.held();
        held.iter()
            .for_each(|piece| if present { self.copies.add(piece) } else { self.copies.remove(piece) });
        if self.options.tables && present && !(peer.starts_complete && peer.visits == 1) {
            let visit = peer.visits;
            held.iter().for_each(|piece| self.recorder.acquisitions.note(now, number, visit, piece));
        }
        if !peer.starts_complete {
            let change = |piece| if present { self.spread.add(piece) } else { self.spread.remove(piece) };
            held.iter().for_each(change);
            self.script.stir();
        }
        if present && is_first_visit {
            self.pieces_verified += u64::from(held.len());
        }
    }

    /// A client says what happened to it.
    pub fn happened(&mut self, now: Time, number: u32, happening: &Happening) {
        self.tell(now, number, &Seen::Said(happening));
        match happening {
            Happening::Checked { pieces, .. } if *pieces == self.content.geometry().piece_count => {
                self.count(now, number, true);
            }
            Happening::MetadataReceived { .. } => self.peers[number as usize].has_metadata = true,
            Happening::PieceVerified { piece, .. } => self.verified(now, number, *piece),
            Happening::Choking { connection, choking, .. } => {
                self.peers[number as usize].note_choking(now, *connection, *choking);
            }
            Happening::Completed { .. } => self.completed(now, number),
            Happening::DiskFailed { .. } => self.lose(number),
            _ => {}
        }
    }

    fn verified(&mut self, now: Time, number: u32, piece: u32) {
        self.digest.event(now, &(number, piece));
        self.copies.add(piece);
        self.note_acquisition(now, number, piece);
        self.blocks += u64::from(self.content.geometry().blocks_in(piece));
        let peer = &self.peers[number as usize];
        if !peer.starts_complete {
            self.spread.add(piece);
            self.script.stir();
        }
        self.pieces_verified += u64::from(peer.wants());
    }

    fn note_acquisition(&mut self, now: Time, number: u32, piece: u32) {
        if self.options.tables {
            let visit = self.peers[number as usize].visits;
            self.recorder.acquisitions.note(now, number, visit, piece);
        }
    }

    fn completed(&mut self, now: Time, number: u32) {
        let peer = &mut self.peers[number as usize];
        if peer.starts_complete {
            return;
        }
        if peer.completed.is_none() {
            if peer.is_awaited() {
                self.capacity.end(now);
            }
            peer.completed = Some(now);
            if peer.wants() {
                self.completed += 1;
                self.unfinished -= u32::from(!peer.is_lost);
                self.script.stir();
            }
        }
        let visit = peer.visit(number);
        match self.scenario.groups[peer.group].on_complete {
            OnComplete::Stay => {}
            OnComplete::Leave => self.queue.schedule(now, Event::Leave(visit)),
            OnComplete::StayFor(spans) => self.later(now, &spans, b"stay", visit, Event::Leave(visit)),
        }
    }

    /// Whether a peer that has waited for long enough is still there, and still waits.
    pub fn has_lost_patience(&self, visit: Visit) -> bool {
        let peer = &self.peers[visit.peer as usize];
        peer.is_on(visit) && peer.client.as_ref().is_some_and(|client| !client.held().is_full())
    }

    /// A client has said goodbye to everybody: it is gone, and may come again.
    pub fn has_left(&mut self, now: Time, number: u32) {
        let why = self.peers[number as usize].leaving;
        self.depart(now, number);
        let peer = &mut self.peers[number as usize];
        let returns = self.scenario.groups[peer.group].returns;
        match returns.filter(|_| why == Some(Leaving::Impatient) && peer.returns_left > 0) {
            Some(returns) => {
                peer.returns_left -= 1;
                let visit = peer.visit(number);
                self.later(now, &returns.after, b"return", visit, Event::Join(number));
            }
            None => {
                peer.disk = None;
                self.lose(number);
            }
        }
    }

    /// The client is gone; what it counted stays.
    pub fn depart(&mut self, now: Time, number: u32) {
        self.count(now, number, false);
        let peer = &mut self.peers[number as usize];
        if let Some(audit) = &mut self.audit {
            audit.peer(number, peer, &self.content);
        }
        self.capacity.change(now, peer.rates.now().up, 0);
        if peer.is_awaited() {
            self.capacity.end(now);
        }
        peer.depart(now);
        if let Some(disk) = &mut peer.disk {
            disk.forget_jobs();
        }
        self.tell(now, number, &Seen::Gone);
    }

    /// What a crash leaves on a present peer's disk, in pieces; nothing is said if all of it stays.
    pub fn kept(&mut self, number: u32, keeps: Keeps) -> Option<Vec<u32>> {
        let client = self.peers[number as usize].client.as_mut()?;
        match keeps {
            Keeps::Everything => None,
            // While it was being checked nothing was written.
            Keeps::Synced if *client.counted() => Some(client.held().iter().collect()),
            Keeps::Synced => None,
            Keeps::Nothing => Some(Vec::new()),
        }
    }

    /// A peer that has not completed won't any more.
    pub fn lose(&mut self, number: u32) {
        let peer = &mut self.peers[number as usize];
        if peer.is_awaited() && !std::mem::replace(&mut peer.is_lost, true) {
            self.unfinished -= 1;
        }
    }

    fn later(&mut self, now: Time, spans: &Spans, purpose: &[u8], visit: Visit, event: Event) {
        let span = draw(spans, &mut generator(self.scenario.seed, purpose, key(visit)));
        self.queue.schedule(now + span, event);
    }
}

/// A number for each visit of each peer; that of the first is the peer's own.
pub fn key(visit: Visit) -> u64 {
    u64::from(visit.number - 1) << 32 | u64::from(visit.peer)
}
