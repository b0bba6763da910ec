//! What a script can do to a swarm: each kind of action begins here, and is undone here.

mod disk;
mod frozen;
mod hosts;
mod paths;
mod rates;

use swarmlab_engine::time::Time;

use crate::scenario::{Action, TrackerFault};

use super::event_world::EventWorld;
use super::script::Done;
use super::swarm::TRACKER;

pub use disk::HostDisk;
pub use frozen::{Frozen, Mail};

impl EventWorld<'_> {
    /// A scripted event begins.
    pub(super) fn begin(&mut self, now: Time, number: u32) {
        let action = self.swarm.scenario.events[number as usize].action;
        let done = self.act(now, number, &action);
        self.swarm.began(now, number, done);
    }

    /// What a scripted event did is undone.
    pub(super) fn end(&mut self, now: Time, number: u32) {
        let action = self.swarm.scenario.events[number as usize].action;
        let done = self.swarm.ends(now, number);
        self.undo(now, number, &action, done);
        self.swarm.ended();
    }

    /// Does what a scripted event asks for.
    fn act(&mut self, now: Time, event: u32, action: &Action) -> Done {
        let concerned = match action {
            Action::Partition { .. } | Action::Loss { .. } | Action::Delay { .. } => {
                return self.disturb(action);
            }
            Action::Rates { target, up_bits_per_s, down_bits_per_s } => {
                self.overlay_rates(now, event, *target, *up_bits_per_s, *down_bits_per_s)
            }
            Action::Tracker(fault) => {
                self.fail_tracker(event, *fault);
                Vec::new()
            }
            Action::Crash { whom, .. }
            | Action::Leave(whom)
            | Action::Pause(whom)
            | Action::Reset(whom)
            | Action::Disk { whom, .. } => self.swarm.drawn(event, whom),
        };
        for &peer in &concerned {
            match action {
                Action::Crash { silent, keeps, .. } => {
                    let restarts = self.swarm.scenario.events[event as usize].lasts.is_some();
                    self.crash(now, peer, *silent, *keeps, restarts);
                }
                Action::Leave(_) => self.send_away(now, peer),
                Action::Pause(_) => self.freeze(now, event, peer),
                Action::Reset(_) => self.reset_streams(now, peer),
                Action::Disk { fault, .. } => self.fail_disk(event, peer, *fault),
                _ => {}
            }
        }
        Done { peers: concerned, ..Done::default() }
    }

    /// Undoes what an event has done. What can't be undone stays: whoever was reset or has left.
    fn undo(&mut self, now: Time, event: u32, action: &Action, done: Done) {
        match action {
            Action::Partition { .. } | Action::Loss { .. } | Action::Delay { .. } => {
                let calm = |id| self.network.calm(&mut self.swarm.queue, id);
                done.disturbances.into_iter().for_each(calm);
            }
            Action::Rates { target, .. } => self.uncover_rates(now, event, *target),
            Action::Tracker(_) => self.mend_tracker(event),
            Action::Crash { .. } => done.peers.into_iter().for_each(|peer| self.come(now, peer)),
            Action::Pause(_) => done.peers.into_iter().for_each(|peer| self.thaw(now, event, peer)),
            Action::Disk { .. } => done.peers.into_iter().for_each(|peer| self.mend_disk(event, peer)),
            Action::Leave(_) | Action::Reset(_) => {}
        }
    }

    fn fail_tracker(&mut self, event: u32, fault: TrackerFault) {
        self.tracker.fail(event, fault);
        if fault == TrackerFault::Down {
            self.network.host_down(&mut self.swarm.queue, TRACKER);
        }
    }

    fn mend_tracker(&mut self, event: u32) {
        let was_down = self.tracker.is_down();
        self.tracker.mend(event);
        if was_down && !self.tracker.is_down() {
            self.network.host_up(TRACKER);
        }
    }
}
