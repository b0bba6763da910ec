//! The scenario's script: which of its events are still to come, and what those that began have done.
//!
//! Conditions are looked at after an event that may have changed what they ask for, and at no other time: waiting for
//! one costs no event, and a run with a script takes the same course every time.

use rand_xoshiro::Xoshiro256PlusPlus;

use swarmlab_engine::time::Time;

use crate::network::DisturbanceId;
use crate::scenario::{Condition, HowMany, Moment, Scenario, ScriptedEvent, Whom};

use super::draws::generator;
use super::event::Event;
use super::participant::Participant;
use super::peer_host::PeerHost;
use super::population::{share_of, some_of};
use super::swarm::Swarm;

/// The state of the script.
#[derive(Default)]
pub struct Script {
    /// Events that wait for a condition.
    waiting: Vec<(u32, Condition)>,
    /// Something has changed that a condition may ask for.
    is_stirred: bool,
    /// For each event what it did, to be undone.
    done: Vec<Done>,
    /// Events that have not begun, or will be undone.
    unfinished: u32,
}

/// What an event did.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// To these peers, in ascending order.
    pub peers: Vec<u32>,
    /// To the paths between hosts.
    pub disturbances: Vec<DisturbanceId>,
}

impl Script {
    /// Nothing has happened yet.
    pub fn new(scenario: &Scenario) -> Script {
        let waits = |(number, event): (usize, &ScriptedEvent)| match event.moment {
            Moment::When(condition) => Some((number as u32, condition)),
            Moment::At(_) | Moment::After { .. } => None,
        };
        Script {
            waiting: scenario.events.iter().enumerate().filter_map(waits).collect(),
            is_stirred: false,
            done: vec![Done::default(); scenario.events.len()],
            unfinished: scenario.events.len() as u32,
        }
    }

    /// Something has changed that a condition may ask for.
    #[inline]
    pub fn stir(&mut self) {
        self.is_stirred = true;
    }

    /// Everything has begun, and what is to be undone was undone.
    pub fn is_over(&self) -> bool {
        self.unfinished == 0
    }
}

impl<C: Participant> Swarm<'_, C> {
    /// Events at a fixed time.
    pub fn schedule_script(&mut self) {
        for (number, event) in self.scenario.events.iter().enumerate() {
            if let Moment::At(at) = event.moment {
                self.queue.schedule(Time::ZERO + at, Event::Script(number as u32));
            }
        }
    }

    /// Events whose condition holds now begin now.
    pub fn look_at_conditions(&mut self, now: Time) {
        if !std::mem::take(&mut self.script.is_stirred) || self.script.waiting.is_empty() {
            return;
        }
        let waiting = std::mem::take(&mut self.script.waiting);
        for (number, condition) in waiting {
            match self.holds(condition) {
                true => self.queue.schedule(now, Event::Script(number)),
                false => self.script.waiting.push((number, condition)),
            }
        }
    }

    fn holds(&self, condition: Condition) -> bool {
        match condition {
            Condition::Complete(share) => f64::from(self.completed) >= share * f64::from(self.leechers),
            Condition::Copies(copies) => {
                self.seeds_sent as f64 >= copies * self.content.geometry().total_length as f64
            }
            Condition::Spread(copies) => self.spread.least() >= copies,
        }
    }

    /// A scripted event has begun, and has done this.
    pub fn began(&mut self, now: Time, number: u32, done: Done) {
        let event = &self.scenario.events[number as usize];
        self.audience.scripted(now, &event.action, &done.peers);
        let row = self.chronicle.began(now, &self.scenario, number, &done.peers);
        self.audience.told(now, row);
        self.script.done[number as usize] = done;
        match event.lasts {
            Some(lasts) => self.queue.schedule(now + lasts, Event::Undo(number)),
            None => self.script.unfinished -= 1,
        }
        for (after, other) in self.scenario.events.iter().enumerate() {
            if let Moment::After { event, delay } = other.moment
                && event == number as usize
            {
                self.queue.schedule(now + delay, Event::Script(after as u32));
            }
        }
    }

    /// What a scripted event did, which is to be undone now.
    pub fn ends(&mut self, now: Time, number: u32) -> Done {
        let done = std::mem::take(&mut self.script.done[number as usize]);
        let row = self.chronicle.ended(now, &self.scenario, number, &done.peers);
        self.audience.told(now, row);
        done
    }

    /// It is undone.
    pub fn ended(&mut self) {
        self.script.unfinished -= 1;
    }

    /// Of the hosts of a group that are there now, those that an event concerns: the seed draws them.
    pub fn drawn(&self, event: u32, whom: &Whom) -> Vec<u32> {
        let here = |(number, peer): (usize, &PeerHost<C>)| {
            (peer.group == whom.group && peer.client.is_some()).then_some(number as u32)
        };
        let here: Vec<u32> = self.peers.iter().enumerate().filter_map(here).collect();
        let count = match whom.how_many {
            HowMany::All => here.len() as u32,
            HowMany::Share(share) => share_of(here.len() as u32, share),
            HowMany::Count(count) => count,
        };
        let mut rng: Xoshiro256PlusPlus = generator(self.scenario.seed, b"event", event.into());
        some_of(here, count, &mut rng)
    }
}
