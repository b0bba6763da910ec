//! The loop: what falls due, then a tick of turmoil's, one after the other.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use turmoil::{Builder, Sim};

use swarmlab_engine::time::Time;

use crate::check::{Checked, Checker, Circumstances, Property, Surroundings, Violation};
use crate::network::HostId;
use crate::scenario::Scenario;
use crate::world::addresses;
use crate::world::audit::Audit;
use crate::world::draws::{generator, seed_for};
use crate::world::event::Event;
use crate::world::peer_host::Leaving;
use crate::world::population::population;
use crate::world::settings::{network_config, tracker_server};
use crate::world::swarm::{Ground, Swarm, TRACKER};
use crate::world::tracker_desk::TrackerDesk;
use crate::world::{Options, Outcome, VIOLATED, Watch, WorldError};

use super::access::Access;
use super::eyes::{Books, Broken, Watched};
use super::host::Host;
use super::lent_store::LentStore;
use super::mailbox::{Mailbox, Order};
use super::net::TurmoilNet;
use super::resident::Resident;
use super::{NAME, TICK, tracker};

/// The watcher is asked once in so many ticks.
const TICKS_PER_STATUS: u64 = 64;
/// Segments that a stream may have under way and unread, and connections that may wait to be accepted. Turmoil loses the
/// end of a stream that is closed with so many unread, and panics beyond so many waiting; a segment may be one small
/// message, and no client has as many of them outstanding.
const TCP_CAPACITY: usize = 1 << 14;
/// Clocks of two hosts are less than a tick apart. A timer is called within the millisecond after it is due, unless a tick
/// ends in between.
const CLOCK_SLACK: Duration = TICK.saturating_mul(2);
/// Where turmoil's calendar begins; nobody looks at it, but it must not be today.
const EPOCH: SystemTime = SystemTime::UNIX_EPOCH;

/// A swarm in the turmoil world.
pub(super) struct TurmoilWorld {
    pub scenario: Arc<Scenario>,
    pub watched: Watched,
    /// A map of what lies between the hosts: nobody is ever on it.
    pub ground: Ground,
    pub desk: Arc<Mutex<TrackerDesk>>,
    /// By the number of the peer.
    pub links: Vec<Arc<Access>>,
    pub mailboxes: Vec<Arc<Mailbox>>,
    /// Pairs between which nothing passes.
    pub held: BTreeSet<(HostId, HostId)>,
}

impl TurmoilWorld {
    pub fn new(scenario: &Scenario, options: Options) -> Result<TurmoilWorld, WorldError> {
        let (mut swarm, ground): (Swarm<'static, Resident>, Ground) =
            Swarm::new(scenario, options, Vec::new(), |setting| Checker::of_clients(setting, CLOCK_SLACK))?;
        // Every piece that was fetched has been hashed already; reading back costs little beside it.
        if !swarm.content.is_stand_in() {
            swarm.audit.get_or_insert_with(Audit::default);
        }
        let link = |peer: &crate::world::peer_host::PeerHost<Resident>| {
            Arc::new(Access::new(peer.rates.now(), peer.queue_up_bytes, network_config(scenario)))
        };
        let desk = TrackerDesk::new(tracker_server(scenario), generator(scenario.seed, b"tracker", 0));
        Ok(TurmoilWorld {
            scenario: swarm.scenario.clone(),
            links: swarm.peers.iter().map(link).collect(),
            mailboxes: swarm.peers.iter().map(|_| Arc::default()).collect(),
            watched: Watched::new(swarm),
            ground,
            desk: Arc::new(Mutex::new(desk)),
            held: BTreeSet::new(),
        })
    }

    pub fn run(mut self, watch: &mut dyn Watch) -> Outcome {
        let mut sim = self.build();
        let end = Time::ZERO + self.scenario.stop.at;
        let mut ticks = 0_u64;
        let (now, stop_reason) = loop {
            let now = Time::ZERO + sim.elapsed();
            if let Some(reason) = self.is_over(now, end) {
                break (now, reason);
            }
            self.do_what_is_due(&mut sim, now);
            sim.step().expect("no host ends with an error");
            self.look(Time::ZERO + sim.elapsed());
            ticks += 1;
            if ticks.is_multiple_of(TICKS_PER_STATUS) && !watch.status(self.watched.books().swarm.status(now))
            {
                break (now, "interrupted");
            }
        };
        watch.status(self.watched.books().swarm.status(now));
        drop(sim);
        finish(self.watched.close(), now, stop_reason)
    }

    /// All hosts, with nobody there.
    fn build(&mut self) -> Sim<'static> {
        let mut builder = Builder::new();
        builder
            .rng_seed(seed_for(self.scenario.seed, b"turmoil", 0))
            .epoch(EPOCH)
            .tick_duration(TICK)
            .tcp_capacity(TCP_CAPACITY)
            .simulation_duration(self.scenario.stop.at + Duration::from_secs(1));
        let mut sim = builder.build();
        let desk = self.desk.clone();
        sim.host(addresses::ip(TRACKER), move || tracker::run(desk.clone()));
        for (number, newcomer) in population(&self.scenario).into_iter().enumerate() {
            let host = Host {
                watched: self.watched.clone(),
                mailbox: self.mailboxes[number].clone(),
                net: TurmoilNet::new(self.links[number].clone(), newcomer.takes_inbound),
            };
            sim.host(addresses::ip(HostId(number as u32 + 1)), move || host.clone().run());
        }
        for (a, b) in self.pairs() {
            let [forth, _] = self.ground.network.latencies(a, b);
            sim.set_link_latency(addresses::ip(a), addresses::ip(b), forth);
        }
        sim
    }

    /// All pairs of hosts.
    pub fn pairs(&self) -> Vec<(HostId, HostId)> {
        let hosts = self.links.len() as u32 + 1;
        (0..hosts).flat_map(|a| (a + 1..hosts).map(move |b| (HostId(a), HostId(b)))).collect()
    }

    fn is_over(&self, now: Time, end: Time) -> Option<&'static str> {
        let books = self.watched.books();
        if books.broken.is_some() || books.swarm.audience.has_seen_violation() {
            return Some(VIOLATED);
        }
        books.swarm.is_done().or((now > end).then_some("time limit"))
    }

    fn do_what_is_due(&mut self, sim: &mut Sim<'_>, now: Time) {
        loop {
            let mut books = self.watched.books();
            let Books { swarm, .. } = &mut *books;
            if swarm.options.tables {
                swarm.recorder.catch_up(now, &mut swarm.peers);
            }
            if swarm.queue.next_at().is_none_or(|at| at > now) {
                return;
            }
            let Some((_, event)) = swarm.queue.pop() else { return };
            swarm.digest.event(now, &event);
            drop(books);
            self.happen(sim, now, event);
        }
    }

    fn happen(&mut self, sim: &mut Sim<'_>, now: Time, event: Event) {
        match event {
            Event::Join(peer) => self.come(now, peer),
            Event::Leave(visit) => {
                let is_there = self.watched.books().swarm.peers[visit.peer as usize].is_on(visit);
                if is_there {
                    self.ask_to_leave(visit.peer, Leaving::ForGood);
                }
            }
            Event::Abort(visit) => {
                let is_fed_up = self.watched.books().swarm.has_lost_patience(visit);
                if is_fed_up {
                    self.ask_to_leave(visit.peer, Leaving::Impatient);
                }
            }
            Event::Rates { group, step } => {
                let changed = self.watched.books().swarm.step_rates(now, group, step);
                self.apply_rates(&changed);
                self.watched.books().swarm.schedule_rate_step(group, step + 1);
            }
            Event::Script(number) => self.begin(sim, now, number),
            Event::Undo(number) => self.end(sim, now, number),
            // Of a network and disks that this world does not have.
            Event::Network(_) | Event::Timeout(_) | Event::Disk(_) | Event::TrackerAnswer => {}
        }
    }

    /// A peer comes, for the first time or again: its host is told to start a client.
    pub fn come(&mut self, now: Time, number: u32) {
        let mut books = self.watched.books();
        let swarm = &mut books.swarm;
        if swarm.peers[number as usize].client.is_some() {
            return;
        }
        if swarm.peers[number as usize].disk.is_none() {
            let disk = LentStore::new(swarm.first_store(number));
            swarm.peers[number as usize].disk = Some(disk);
        }
        let start = swarm.arrive(now, number);
        let visit = swarm.peers[number as usize].visit(number);
        self.mailboxes[number as usize].put(Order::Come { visit, start });
    }

    /// A present peer is told to leave in order.
    pub fn ask_to_leave(&mut self, number: u32, why: Leaving) {
        let mut books = self.watched.books();
        books.swarm.peers[number as usize].leaving.get_or_insert(why);
        self.mailboxes[number as usize].put(Order::Leave);
    }

    /// What can be looked at only once a tick is over.
    fn look(&mut self, now: Time) {
        let mut books = self.watched.books();
        let swarm = &mut books.swarm;
        swarm.look_at_conditions(now);
        let Some(mut checker) = swarm.audience.checker.take() else { return };
        checker.step(
            now,
            &Circumstances {
                network: &self.ground.network,
                is_script_over: swarm.script.is_over(),
                is_in_order: swarm.queue.is_in_order(),
                surroundings: swarm,
                forgotten_stream: None,
                events: swarm.digest.events(),
            },
        );
        swarm.audience.checker = Some(checker);
    }
}

fn finish(books: Books, now: Time, stop_reason: &str) -> Outcome {
    let mut outcome = books.swarm.finish(now, NAME, stop_reason);
    // Whoever checks nothing hears of a broken driver all the same.
    if let Some(broken) = books.broken {
        blame(outcome.checked.get_or_insert_with(Checked::default), broken);
    }
    outcome
}

/// A driver did not do its duty. What comes of it may be judged before it is known, in the same tick.
fn blame(checked: &mut Checked, Broken { at, peer, what }: Broken) {
    if checked.violation.as_ref().is_none_or(|violation| violation.at + CLOCK_SLACK >= at) {
        let (property, wire) = (Property::of("S47"), Vec::new());
        checked.violation = Some(Violation { property, at, peers: vec![peer], what, wire });
    }
}

impl Surroundings for Swarm<'static, Resident> {
    fn rates(&self, peer: u32) -> (u64, u64) {
        let rates = self.peers[peer as usize].rates.now();
        (rates.up, rates.down)
    }

    fn disk_is_well(&self, _: u32) -> bool {
        true
    }
}
