//! What a script does to the hosts of this world, and how it is undone.

use std::net::IpAddr;

use turmoil::Sim;

use swarmlab_engine::storage::SharedStore;
use swarmlab_engine::time::Time;

use crate::network::{Disturbance, Effect, HostId, HostSet};
use crate::scenario::{Action, Keeps, RateTarget, TrackerFault};
use crate::world::addresses;
use crate::world::peer_host::Leaving;
use crate::world::script::Done;
use crate::world::swarm::TRACKER;

use super::lent_store::LentStore;
use super::turmoil_world::TurmoilWorld;

impl TurmoilWorld {
    /// A scripted event begins.
    pub(super) fn begin(&mut self, sim: &mut Sim<'_>, now: Time, number: u32) {
        let event = self.scenario.events[number as usize].clone();
        let done = self.act(sim, now, number, &event.action, event.lasts.is_some());
        self.watched.books().swarm.began(now, number, done);
    }

    /// What a scripted event did is undone.
    pub(super) fn end(&mut self, sim: &mut Sim<'_>, now: Time, number: u32) {
        let action = self.scenario.events[number as usize].action;
        let done = self.watched.books().swarm.ends(now, number);
        self.undo(sim, now, number, &action, done);
        self.watched.books().swarm.ended();
    }

    fn act(&mut self, sim: &mut Sim<'_>, now: Time, event: u32, action: &Action, is_undone: bool) -> Done {
        let peers = match action {
            Action::Partition { from, to, .. } => return self.part(sim, *from, *to),
            Action::Rates { target: RateTarget::Peers(group), up_bits_per_s, down_bits_per_s } => {
                let mut books = self.watched.books();
                let changed = books.swarm.overlay_rates(now, event, *group, *up_bits_per_s, *down_bits_per_s);
                drop(books);
                self.apply_rates(&changed);
                changed
            }
            Action::Tracker(fault) => {
                self.desk.lock().expect("no answer panics").fail(event, *fault);
                if *fault == TrackerFault::Down {
                    sim.crash(addresses::ip(TRACKER));
                }
                Vec::new()
            }
            Action::Crash { whom, keeps, .. } => {
                let drawn = self.watched.books().swarm.drawn(event, whom);
                drawn.iter().for_each(|peer| self.crash(sim, now, *peer, *keeps, is_undone));
                drawn
            }
            Action::Leave(whom) => {
                let drawn = self.watched.books().swarm.drawn(event, whom);
                drawn.iter().for_each(|peer| self.ask_to_leave(*peer, Leaving::ForGood));
                drawn
            }
            _ => unreachable!("{action:?} is refused before the run"),
        };
        Done { peers, ..Done::default() }
    }

    fn undo(&mut self, sim: &mut Sim<'_>, now: Time, event: u32, action: &Action, done: Done) {
        match action {
            Action::Partition { .. } => {
                for disturbance in done.disturbances {
                    self.ground.network.calm(&mut self.watched.books().swarm.queue, disturbance);
                }
                self.release(sim);
            }
            Action::Rates { target: RateTarget::Peers(group), .. } => {
                let changed = self.watched.books().swarm.uncover_rates(now, event, *group);
                self.apply_rates(&changed);
            }
            Action::Tracker(_) => {
                let mut desk = self.desk.lock().expect("no answer panics");
                let was_down = desk.is_down();
                desk.mend(event);
                let is_up_again = was_down && !desk.is_down();
                drop(desk);
                if is_up_again {
                    sim.bounce(addresses::ip(TRACKER));
                }
            }
            Action::Crash { .. } => {
                for peer in done.peers {
                    sim.bounce(self.ip(peer));
                    self.come(now, peer);
                }
            }
            _ => {}
        }
    }

    /// Nothing passes between two groups: what is sent waits, as TCP would send it again.
    fn part(&mut self, sim: &mut Sim<'_>, from: usize, to: Option<usize>) -> Done {
        let (peers, [here, there]) = {
            let swarm = &self.watched.books().swarm;
            let hosts_of = |group: usize| -> HostSet {
                swarm.peers.iter().filter(|peer| peer.group == group).map(|peer| peer.host).collect()
            };
            let here = hosts_of(from);
            let there = to.map_or_else(|| here.others(), hosts_of);
            (swarm.peers_where(|group| group == from || Some(group) == to), [here, there])
        };
        let ways = [(here.clone(), there.clone()), (there, here)];
        let disturbances = ways
            .into_iter()
            .map(|(from, to)| self.ground.network.disturb(Disturbance { from, to, effect: Effect::Blocked }))
            .collect();
        for (a, b) in self.pairs() {
            if self.are_parted(a, b) && self.held.insert((a, b)) {
                sim.hold(addresses::ip(a), addresses::ip(b));
            }
        }
        Done { peers, disturbances }
    }

    /// What is no longer parted by anything goes on.
    fn release(&mut self, sim: &Sim<'_>) {
        for (a, b) in self.pairs() {
            if !self.are_parted(a, b) && self.held.remove(&(a, b)) {
                sim.release(addresses::ip(a), addresses::ip(b));
            }
        }
    }

    fn are_parted(&self, a: HostId, b: HostId) -> bool {
        self.ground.network.are_parted(a, b)
    }

    fn crash(&mut self, sim: &mut Sim<'_>, now: Time, number: u32, keeps: Keeps, restarts: bool) {
        let mut books = self.watched.books();
        let swarm = &mut books.swarm;
        if swarm.peers[number as usize].client.is_none() {
            return;
        }
        let kept = swarm.kept(number, keeps);
        swarm.depart(now, number);
        if !restarts {
            swarm.peers[number as usize].disk = None;
            swarm.lose(number);
        } else if let Some(pieces) = kept {
            let store = SharedStore::holding(swarm.content.clone(), swarm.options.hashing, pieces);
            swarm.peers[number as usize].disk = Some(LentStore::new(store.expect("tried before the run")));
        }
        drop(books);
        self.mailboxes[number as usize].clear();
        sim.crash(self.ip(number));
    }

    /// The hosts of these peers get the rates that they have by now.
    pub(super) fn apply_rates(&self, peers: &[u32]) {
        let books = self.watched.books();
        for &peer in peers {
            self.links[peer as usize].set_rates(books.swarm.peers[peer as usize].rates.now());
        }
    }

    fn ip(&self, peer: u32) -> IpAddr {
        addresses::ip(self.watched.books().swarm.peers[peer as usize].host)
    }
}
