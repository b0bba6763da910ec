//! Rates that change: of links that hosts share, by events that lie over them; and hosts' own, in the network.

use swarmlab_engine::time::Time;

use crate::scenario::{RateTarget, Scenario};

use super::super::event_world::EventWorld;
use super::super::settings::place_of;

impl EventWorld<'_> {
    /// The hosts of a group get the rates of one of its steps.
    pub(in super::super) fn step_rates(&mut self, now: Time, group: u32, step: u32) {
        let changed = self.swarm.step_rates(now, group, step);
        self.apply_rates(&changed);
        self.swarm.schedule_rate_step(group, step + 1);
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
                let changed = self.swarm.overlay_rates(now, event, group, up, down);
                self.apply_rates(&changed);
                changed
            }
            RateTarget::Link(link) => {
                self.links[link].1.overlay(event, up, down);
                self.apply_link_rates(link);
                self.peers_behind(link)
            }
        }
    }

    pub(super) fn uncover_rates(&mut self, now: Time, event: u32, target: RateTarget) {
        match target {
            RateTarget::Peers(group) => {
                let changed = self.swarm.uncover_rates(now, event, group);
                self.apply_rates(&changed);
            }
            RateTarget::Link(link) => {
                self.links[link].1.uncover(event);
                self.apply_link_rates(link);
            }
        }
    }

    fn apply_rates(&mut self, peers: &[u32]) {
        for &number in peers {
            let peer = &self.swarm.peers[number as usize];
            let (host, rates) = (peer.host, peer.rates.now());
            self.network.set_access_rates(&mut self.swarm.queue, host, rates.up, rates.down);
        }
    }

    fn apply_link_rates(&mut self, link: usize) {
        let (id, rates) = &self.links[link];
        let rates = rates.now();
        self.network.set_link_rates(&mut self.swarm.queue, *id, rates.up, rates.down);
    }

    fn peers_behind(&self, link: usize) -> Vec<u32> {
        let scenario = &self.swarm.scenario;
        self.swarm.peers_where(|group| is_behind(scenario, scenario.groups[group].behind.as_deref(), link))
    }
}

/// Whether what is behind the link of this name is behind that link, directly or not.
fn is_behind(scenario: &Scenario, name: Option<&str>, link: usize) -> bool {
    let nearest = name.and_then(|name| place_of(scenario, name));
    nearest.is_some_and(|at| at == link || is_behind(scenario, scenario.links[at].behind.as_deref(), link))
}
