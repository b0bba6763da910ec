//! Rates that change: by a group's own steps, and by events that lie over them.

use swarmlab_engine::time::Time;

use crate::check::Seen;
use crate::scenario::{RateTarget, Scenario};

use super::super::event::Event;
use super::super::event_world::EventWorld;
use super::super::rates::Rates;
use super::super::settings::place_of;

impl EventWorld<'_> {
    /// The first step of each group; each step schedules the next.
    pub(in super::super) fn schedule_rate_steps(&mut self) {
        (0..self.scenario.groups.len() as u32).for_each(|group| self.schedule_rate_step(group, 0));
    }

    fn schedule_rate_step(&mut self, group: u32, step: u32) {
        if let Some(next) = self.scenario.groups[group as usize].rates.steps.get(step as usize) {
            self.queue.schedule(Time::ZERO + next.at, Event::Rates { group, step });
        }
    }

    /// The hosts of a group get the rates of one of its steps.
    pub(in super::super) fn step_rates(&mut self, now: Time, group: u32, step: u32) {
        let new = self.scenario.groups[group as usize].rates.steps[step as usize];
        for number in peers_of(self, group as usize) {
            self.change_rates(now, number, |rates| rates.step(new.up_bits_per_s, new.down_bits_per_s));
        }
        self.schedule_rate_step(group, step + 1);
    }

    pub(super) fn overlay_rates(
        &mut self,
        now: Time,
        event: u32,
        target: RateTarget,
        up: Option<u64>,
        down: Option<u64>,
    ) -> Vec<u32> {
        match target {
            RateTarget::Peers(group) => {
                let peers = peers_of(self, group);
                for &number in &peers {
                    self.change_rates(now, number, |rates| rates.overlay(event, up, down));
                }
                peers
            }
            RateTarget::Link(link) => {
                self.links[link].1.overlay(event, up, down);
                self.apply_link_rates(link);
                peers_behind(self, link)
            }
        }
    }

    pub(super) fn uncover_rates(&mut self, now: Time, event: u32, target: RateTarget) {
        match target {
            RateTarget::Peers(group) => {
                for number in peers_of(self, group) {
                    self.change_rates(now, number, |rates| rates.uncover(event));
                }
            }
            RateTarget::Link(link) => {
                self.links[link].1.uncover(event);
                self.apply_link_rates(link);
            }
        }
    }

    /// Whoever looks on is told of a peer's rates.
    pub(in super::super) fn tell_rates(&mut self, now: Time, number: u32) {
        let peer = &self.peers[number as usize];
        let (rates, queue_up_bytes) = (peer.rates.now(), peer.queue_up_bytes);
        let seen = Seen::Rated { up_bits_per_s: rates.up, down_bits_per_s: rates.down, queue_up_bytes };
        self.tell(now, number, &seen);
    }

    fn change_rates(&mut self, now: Time, number: u32, change: impl FnOnce(&mut Rates)) {
        let peer = &mut self.peers[number as usize];
        let before = peer.rates.now();
        change(&mut peer.rates);
        let after = peer.rates.now();
        if peer.client.is_some() {
            self.capacity.change(now, before.up, after.up);
        }
        self.tell_rates(now, number);
        let host = self.peers[number as usize].host;
        self.network.set_access_rates(&mut self.queue, host, after.up, after.down);
    }

    fn apply_link_rates(&mut self, link: usize) {
        let (id, rates) = &self.links[link];
        let rates = rates.now();
        self.network.set_link_rates(&mut self.queue, *id, rates.up, rates.down);
    }
}

fn peers_of(world: &EventWorld<'_>, group: usize) -> Vec<u32> {
    peers_where(world, |of| of == group)
}

fn peers_behind(world: &EventWorld<'_>, link: usize) -> Vec<u32> {
    let scenario = world.scenario;
    peers_where(world, |group| is_behind(scenario, scenario.groups[group].behind.as_deref(), link))
}

fn peers_where(world: &EventWorld<'_>, belongs: impl Fn(usize) -> bool) -> Vec<u32> {
    let belongs = |(number, peer): (usize, &super::super::peer_host::PeerHost)| {
        belongs(peer.group).then_some(number as u32)
    };
    world.peers.iter().enumerate().filter_map(belongs).collect()
}

/// Whether what is behind the link of this name is behind that link, directly or not.
fn is_behind(scenario: &Scenario, name: Option<&str>, link: usize) -> bool {
    let nearest = name.and_then(|name| place_of(scenario, name));
    nearest.is_some_and(|at| at == link || is_behind(scenario, scenario.links[at].behind.as_deref(), link))
}
