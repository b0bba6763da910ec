//! The loop: one event after the other, each to whom it concerns.

use swarmlab_engine::time::Time;

use crate::check::{Checker, Circumstances};
use crate::network::{LinkId, Network};
use crate::scenario::Scenario;

use super::client::Client;
use super::draws::generator;
use super::event::Event;
use super::observer::Observer;
use super::peer_host::Leaving;
use super::pickers::Pickers;
use super::rates::Rates;
use super::settings::{check_pickers, tracker_server};
use super::swarm::{Ground, Swarm};
use super::tracker_desk::TrackerDesk;
use super::tracker_host::TrackerHost;
use super::{Options, Outcome, Watch, WorldError};

/// Why a run stopped in which a property didn't hold.
pub const VIOLATED: &str = "property violated";
/// The watcher is asked once in so many events.
pub const EVENTS_PER_STATUS: u64 = 1 << 14;

/// A swarm in the event world.
pub(super) struct EventWorld<'a> {
    pub pickers: &'a Pickers,
    pub swarm: Swarm<'a, Client>,
    pub network: Network,
    /// The shared links, in the order of the scenario.
    pub links: Vec<(LinkId, Rates)>,
    pub tracker: TrackerHost,
}

impl<'a> EventWorld<'a> {
    pub fn new(
        pickers: &'a Pickers,
        scenario: &Scenario,
        options: Options,
        observers: Vec<&'a mut (dyn Observer + 'a)>,
    ) -> Result<EventWorld<'a>, WorldError> {
        let (swarm, ground) = Swarm::new(scenario, options, observers, Checker::new)?;
        let Ground { mut network, links } = ground;
        check_pickers(scenario, pickers, &swarm.copies)?;
        if swarm.audience.checker.is_some() {
            network.watch_pace();
        }
        let tracker = TrackerHost::new(TrackerDesk::new(
            tracker_server(scenario),
            generator(scenario.seed, b"tracker", 0),
        ));
        Ok(EventWorld { pickers, swarm, network, links, tracker })
    }

    pub fn run(mut self, watch: &mut dyn Watch) -> Outcome {
        let end = Time::ZERO + self.swarm.scenario.stop.at;
        let stop_reason = loop {
            if let Some(done) = self.swarm.is_done() {
                break done;
            }
            match self.swarm.queue.next_at() {
                None => break "nothing left to happen",
                Some(at) if at > end => break "time limit",
                Some(at) if self.swarm.options.tables => {
                    self.swarm.recorder.catch_up(at, &mut self.swarm.peers)
                }
                Some(_) => {}
            }
            let Some((now, event)) = self.swarm.queue.pop() else { break "nothing left to happen" };
            self.swarm.digest.event(now, &event);
            self.happen(now, event);
            self.swarm.look_at_conditions(now);
            if self.swarm.audience.has_seen_violation() {
                break VIOLATED;
            }
            if self.swarm.digest.events().is_multiple_of(EVENTS_PER_STATUS)
                && !watch.status(self.swarm.status(now))
            {
                break "interrupted";
            }
        };
        let now = self.swarm.queue.now();
        watch.status(self.swarm.status(now));
        self.swarm.finish(now, super::NAME, stop_reason)
    }

    fn happen(&mut self, now: Time, event: Event) {
        match event {
            Event::Network(event) => self.network.handle(&mut self.swarm.queue, event),
            Event::Join(peer) => self.come(now, peer),
            Event::Timeout(peer) => self.time_out(now, peer),
            Event::Leave(visit) if self.swarm.peers[visit.peer as usize].is_on(visit) => {
                self.ask_to_leave(now, visit.peer, Leaving::ForGood);
            }
            Event::Leave(_) => {}
            Event::Abort(visit) => self.abort(now, visit),
            Event::Disk(peer) => self.disk_done(now, peer),
            Event::TrackerAnswer => self.answer_announces(now),
            Event::Rates { group, step } => self.step_rates(now, group, step),
            Event::Script(number) => self.begin(now, number),
            Event::Undo(number) => self.end(now, number),
        }
        while let Some(notice) = self.network.poll() {
            self.notice(now, notice);
        }
        self.swarm.audience.hear(&mut self.network);
        self.check(now);
    }

    /// What can be looked at only once an event is over.
    fn check(&mut self, now: Time) {
        let Some(mut checker) = self.swarm.audience.checker.take() else { return };
        checker.step(
            now,
            &Circumstances {
                network: &self.network,
                is_script_over: self.swarm.script.is_over(),
                is_in_order: self.swarm.queue.is_in_order(),
                surroundings: self,
                forgotten_stream: self.forgotten_stream().map(|(peer, stream)| (peer, stream.connection)),
                events: self.swarm.digest.events(),
            },
        );
        self.swarm.audience.checker = Some(checker);
        self.network.forget_pace();
    }
}
