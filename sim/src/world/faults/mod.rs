//! What a script can do to a swarm: each kind of action begins here, and is undone here.

mod disk;
mod frozen;
mod hosts;
mod paths;
mod rates;

use rand_xoshiro::Xoshiro256PlusPlus;

use swarmlab_engine::time::Time;

use crate::scenario::{Action, HowMany, TrackerFault, Whom};

use super::draws::generator;
use super::event_world::{EventWorld, TRACKER};
use super::population::{share_of, some_of};
use super::script::Done;

pub use disk::HostDisk;
pub use frozen::{Frozen, Mail};

impl EventWorld<'_> {
    /// Does what a scripted event asks for.
    pub(super) fn act(&mut self, now: Time, event: u32, action: &Action) -> Done {
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
            | Action::Disk { whom, .. } => self.drawn(event, whom),
        };
        for &peer in &concerned {
            match action {
                Action::Crash { silent, keeps, .. } => {
                    let restarts = self.scenario.events[event as usize].lasts.is_some();
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
    pub(super) fn undo(&mut self, now: Time, event: u32, action: &Action, done: Done) {
        match action {
            Action::Partition { .. } | Action::Loss { .. } | Action::Delay { .. } => {
                let calm = |id| self.network.calm(&mut self.queue, id);
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

    /// Of the hosts of a group that are there now, those that an event concerns: the seed draws them.
    fn drawn(&self, event: u32, whom: &Whom) -> Vec<u32> {
        let here = |(number, peer): (usize, &super::peer_host::PeerHost)| {
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

    fn fail_tracker(&mut self, event: u32, fault: TrackerFault) {
        self.tracker.fail(event, fault);
        if fault == TrackerFault::Down {
            self.network.host_down(&mut self.queue, TRACKER);
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
