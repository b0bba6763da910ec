//! The clients of the event world: they are started when a peer comes, and asked to leave.

use swarmlab_engine::session::{Event as Happening, Input, Session, StartWith};
use swarmlab_engine::time::Time;

use crate::check::Seen;

use super::actor::Actor;
use super::client::Client;
use super::draws::seed_for;
use super::event::Visit;
use super::event_world::EventWorld;
use super::faults::HostDisk;
use super::peer_host::Leaving;
use super::presence::key;
use super::settings::torrent_config;

impl EventWorld<'_> {
    /// A peer comes, for the first time or again. What its disk holds it finds by checking, as a client does.
    pub(super) fn come(&mut self, now: Time, number: u32) {
        let peer = &mut self.swarm.peers[number as usize];
        if peer.client.is_some() {
            return;
        }
        self.network.host_up(peer.host);
        if peer.disk.is_none() {
            let disk = HostDisk::new(self.swarm.first_store(number), self.swarm.group(number).corrupt);
            self.swarm.peers[number as usize].disk = Some(disk);
        }
        let start = self.swarm.arrive(now, number);
        let visit = self.swarm.peers[number as usize].visit(number);
        let session = self.session(now, visit, start.clone());
        let group = self.swarm.group(number);
        let seed = seed_for(self.swarm.scenario.seed, b"behaviour", key(visit));
        let actor = Actor::new(session, group.behaviour, &self.swarm.content, seed);
        let (session, is_judged) = (actor.session(), matches!(actor, Actor::Honest(_)));
        let config = &torrent_config(group);
        self.swarm.audience.see(
            now,
            number,
            &Seen::Came { session, is_judged, start: start.clone(), config },
        );
        self.swarm.peers[number as usize].client = Some(Client::new(actor));
        self.swarm.settle_in(now, number, &start);
        self.attend(now, number);
    }

    fn session(&self, now: Time, visit: Visit, start: StartWith) -> Session {
        let mut session = Session::new(self.swarm.session_config(visit));
        let name = self.swarm.group(visit.peer).client.picker;
        let picker = self.pickers.make(name, &self.swarm.copies).expect("tried before the run");
        let add = self.swarm.torrent_of(visit.peer, start);
        session.add_torrent_with(now, add, picker).expect("a scenario names chokers that exist");
        session
    }

    /// An engine says what happened to it.
    pub(super) fn happened(&mut self, now: Time, number: u32, happening: &Happening) {
        self.swarm.happened(now, number, happening);
        if *happening == Happening::Stopped {
            let host = self.swarm.peers[number as usize].host;
            self.swarm.has_left(now, number);
            self.network.host_down(&mut self.swarm.queue, host);
        }
    }

    /// A peer that has waited for long enough.
    pub(super) fn abort(&mut self, now: Time, visit: Visit) {
        if self.swarm.has_lost_patience(visit) {
            self.ask_to_leave(now, visit.peer, Leaving::Impatient);
        }
    }

    /// A present peer leaves in order; a frozen one as soon as it thaws.
    pub(super) fn ask_to_leave(&mut self, now: Time, number: u32, why: Leaving) {
        let peer = &mut self.swarm.peers[number as usize];
        peer.leaving.get_or_insert(why);
        if !peer.frozen.is_frozen() {
            self.input(now, number, Input::Stop);
        }
    }
}
