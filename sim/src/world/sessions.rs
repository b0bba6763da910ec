//! The presence of peers: they come, complete, lose patience, leave, crash and come back.

use std::net::SocketAddr;

use rand::SeedableRng;
use rand::seq::IndexedRandom;

use swarmlab_engine::random::Rng;
use swarmlab_engine::session::{AddTorrent, Event as Happening, Input, Session, SessionConfig, StartWith};
use swarmlab_engine::storage::SharedStore;
use swarmlab_engine::time::Time;
use swarmlab_engine::wire::PeerId;

use crate::check::Seen;
use crate::network::HostId;
use crate::scenario::{Given, Has, OnComplete, Spans};

use super::actor::Actor;
use super::addresses;
use super::client::Client;
use super::draws::{generator, seed_for};
use super::event::{Event, Visit};
use super::event_world::EventWorld;
use super::faults::HostDisk;
use super::peer_host::{Leaving, PeerHost};
use super::population::{draw, first_pieces};
use super::settings::torrent_config;

impl EventWorld<'_> {
    /// A peer comes, for the first time or again. What its disk holds it finds by checking, as a client does.
    pub(super) fn come(&mut self, now: Time, number: u32) {
        if self.peers[number as usize].client.is_some() {
            return;
        }
        let disk = self.peers[number as usize].disk.take().unwrap_or_else(|| self.new_disk(number));
        let peer = &mut self.peers[number as usize];
        let group = &self.scenario.groups[peer.group];
        let is_sought = group.client.given == Given::Magnet && !peer.has_metadata;
        let start = match (peer.visits, group.has) {
            _ if is_sought => StartWith::Nothing,
            (0, Has::All) => StartWith::Everything,
            (0, Has::Nothing) => StartWith::Nothing,
            (0, Has::Share(_) | Has::AllBut(_)) | (1.., _) => StartWith::Check,
        };
        peer.disk = Some(disk);
        peer.visits += 1;
        peer.left = None;
        if peer.is_awaited() && std::mem::take(&mut peer.is_lost) {
            self.unfinished += 1;
        }
        self.network.host_up(peer.host);
        self.capacity.change(now, 0, peer.rates.now().up);
        if peer.is_awaited() {
            self.capacity.begin(now);
        }
        self.tell_rates(now, number);
        let visit = self.peers[number as usize].visit(number);
        let session = self.session(now, visit, start);
        let seed = seed_for(self.scenario.seed, b"behaviour", key(visit));
        let actor = Actor::new(session, group.behaviour, &self.content, seed);
        let (session, is_judged) = (actor.session(), matches!(actor, Actor::Honest(_)));
        let config = &torrent_config(group);
        self.audience.see(now, number, &Seen::Came { session, is_judged, start, config });
        self.peers[number as usize].client = Some(Client::new(actor));
        if start != StartWith::Check {
            self.count(now, number, true);
        }
        if let Some(abort) = &group.abort {
            self.later(now, abort, b"abort", visit, Event::Abort(visit));
        }
        self.attend(now, number);
    }

    fn session(&self, now: Time, visit: Visit, start: StartWith) -> Session {
        let seed = seed_for(self.scenario.seed, b"client", key(visit));
        let mut session = Session::new(SessionConfig {
            peer_id: PeerId::random(&mut Rng::seed_from_u64(seed)),
            listen_port: addresses::PEER_PORT,
            seed,
            limits: Default::default(),
        });
        let group = &self.scenario.groups[self.peers[visit.peer as usize].group];
        let peer = &self.peers[visit.peer as usize];
        let torrent = match group.client.given {
            Given::Magnet if !peer.has_metadata => self.metainfo.magnet().into(),
            Given::Magnet | Given::File => self.metainfo.clone().into(),
        };
        let add = AddTorrent {
            torrent,
            start,
            peers: self.known_to(visit.peer).into_iter().collect(),
            config: torrent_config(group),
        };
        let picker = self.pickers.make(group.client.picker, &self.copies).expect("tried before the run");
        session.add_torrent_with(now, add, picker).expect("a scenario names chokers that exist");
        session
    }

    /// Where the one listens whom a peer knows from the start, if it knows one.
    fn known_to(&self, number: u32) -> Option<SocketAddr> {
        let name = self.scenario.groups[self.peers[number as usize].group].knows.as_ref()?;
        let group = self.scenario.groups.iter().position(|group| group.name == *name)?;
        let is_other = |(other, peer): &(usize, &PeerHost)| peer.group == group && *other != number as usize;
        let others: Vec<HostId> =
            self.peers.iter().enumerate().filter(is_other).map(|(_, peer)| peer.host).collect();
        let mut rng = generator(self.scenario.seed, b"knows", number.into());
        others.choose(&mut rng).map(|host| addresses::peer(*host))
    }

    /// The disk of a peer that comes for the first time.
    fn new_disk(&self, number: u32) -> HostDisk {
        let group = &self.scenario.groups[self.peers[number as usize].group];
        let mut rng = generator(self.scenario.seed, b"has", number.into());
        let store = match group.has {
            Has::All => SharedStore::full(self.content.clone(), self.options.hashing),
            has => {
                let pieces = first_pieces(has, self.content.geometry().piece_count, &mut rng);
                SharedStore::holding(self.content.clone(), self.options.hashing, pieces)
            }
        };
        HostDisk::new(store.expect("tried before the run"), group.corrupt)
    }

    /// What a present peer holds begins, or ends, to count among the copies of the swarm.
    pub(super) fn count(&mut self, now: Time, number: u32, present: bool) {
        let peer = &mut self.peers[number as usize];
        let is_first_visit = peer.wants() && peer.visits == 1;
        let Some(client) = &mut peer.client else { return };
        if std::mem::replace(&mut client.counted, present) == present {
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

    /// An engine says what happened to it.
    pub(super) fn happened(&mut self, now: Time, number: u32, happening: &Happening) {
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
            Happening::Stopped => self.stopped(now, number),
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

    /// A peer that has waited for long enough.
    pub(super) fn abort(&mut self, now: Time, visit: Visit) {
        let peer = &self.peers[visit.peer as usize];
        let incomplete =
            |peer: &PeerHost| peer.client.as_ref().is_some_and(|client| !client.held().is_full());
        if peer.is_on(visit) && incomplete(peer) {
            self.ask_to_leave(now, visit.peer, Leaving::Impatient);
        }
    }

    /// A present peer leaves in order; a frozen one as soon as it thaws.
    pub(super) fn ask_to_leave(&mut self, now: Time, number: u32, why: Leaving) {
        let peer = &mut self.peers[number as usize];
        peer.leaving.get_or_insert(why);
        if !peer.frozen.is_frozen() {
            self.input(now, number, Input::Stop);
        }
    }

    /// An engine has said goodbye to everybody.
    fn stopped(&mut self, now: Time, number: u32) {
        let why = self.peers[number as usize].leaving;
        self.depart(now, number);
        let peer = &mut self.peers[number as usize];
        let host = peer.host;
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
        self.network.host_down(&mut self.queue, host);
    }

    /// The client is gone; what it counted stays.
    pub(super) fn depart(&mut self, now: Time, number: u32) {
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

    /// A peer that has not completed won't any more.
    pub(super) fn lose(&mut self, number: u32) {
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
fn key(visit: Visit) -> u64 {
    u64::from(visit.number - 1) << 32 | u64::from(visit.peer)
}
