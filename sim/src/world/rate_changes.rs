//! Rates of hosts that change, in the books: by a group's own steps, and by events that lie over them.

use swarmlab_engine::time::Time;

use crate::check::Seen;

use super::event::Event;
use super::participant::Participant;
use super::peer_host::PeerHost;
use super::rates::Rates;
use super::swarm::Swarm;

impl<C: Participant> Swarm<'_, C> {
    /// The first step of each group; each step schedules the next.
    pub fn schedule_rate_steps(&mut self) {
        (0..self.scenario.groups.len() as u32).for_each(|group| self.schedule_rate_step(group, 0));
    }

    /// A step of a group.
    pub fn schedule_rate_step(&mut self, group: u32, step: u32) {
        if let Some(next) = self.scenario.groups[group as usize].rates.steps.get(step as usize) {
            self.queue.schedule(Time::ZERO + next.at, Event::Rates { group, step });
        }
    }

    /// The hosts of a group get the rates of one of its steps: which hosts these are.
    pub fn step_rates(&mut self, now: Time, group: u32, step: u32) -> Vec<u32> {
        let new = self.scenario.groups[group as usize].rates.steps[step as usize];
        self.change_rates(now, group as usize, |rates| rates.step(new.up_bits_per_s, new.down_bits_per_s))
    }

    /// An event lays other rates over those of a group.
    pub fn overlay_rates(
        &mut self,
        now: Time,
        event: u32,
        group: usize,
        up: Option<u64>,
        down: Option<u64>,
    ) -> Vec<u32> {
        self.change_rates(now, group, |rates| rates.overlay(event, up, down))
    }

    /// The event takes them back.
    pub fn uncover_rates(&mut self, now: Time, event: u32, group: usize) -> Vec<u32> {
        self.change_rates(now, group, |rates| rates.uncover(event))
    }

    /// Whoever looks on is told of a peer's rates.
    pub fn tell_rates(&mut self, now: Time, number: u32) {
        let peer = &self.peers[number as usize];
        let (rates, queue_up_bytes) = (peer.rates.now(), peer.queue_up_bytes);
        let seen = Seen::Rated { up_bits_per_s: rates.up, down_bits_per_s: rates.down, queue_up_bytes };
        self.tell(now, number, &seen);
    }

    /// The peers of the groups that are meant.
    pub fn peers_where(&self, belongs: impl Fn(usize) -> bool) -> Vec<u32> {
        let belongs = |(number, peer): (usize, &PeerHost<C>)| belongs(peer.group).then_some(number as u32);
        self.peers.iter().enumerate().filter_map(belongs).collect()
    }

    fn change_rates(&mut self, now: Time, group: usize, change: impl Fn(&mut Rates)) -> Vec<u32> {
        let peers = self.peers_where(|of| of == group);
        for &number in &peers {
            let peer = &mut self.peers[number as usize];
            let before = peer.rates.now();
            change(&mut peer.rates);
            let after = peer.rates.now();
            if peer.client.is_some() {
                self.capacity.change(now, before.up, after.up);
            }
            self.tell_rates(now, number);
        }
        peers
    }
}
