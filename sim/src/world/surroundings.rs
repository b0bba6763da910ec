//! What whoever judges a run may ask of the world.

use super::event_world::EventWorld;
use super::rates::Pair;
use super::settings::place_of;
use crate::check::Surroundings;

impl Surroundings for EventWorld<'_> {
    fn rates(&self, peer: u32) -> (u64, u64) {
        let peer = &self.swarm.peers[peer as usize];
        let mut rates = peer.rates.now();
        for link in self.links_above(self.swarm.scenario.groups[peer.group].behind.as_deref()) {
            let sharers = self.swarm.peers.iter().filter(|other| {
                let behind = self.swarm.scenario.groups[other.group].behind.as_deref();
                other.client.is_some() && self.links_above(behind).any(|above| above == link)
            });
            let share = sharers.count().max(1) as u64;
            let Pair { up, down } = self.links[link].1.now();
            rates = Pair { up: rates.up.min(up / share), down: rates.down.min(down / share) };
        }
        (rates.up, rates.down)
    }

    fn disk_is_well(&self, peer: u32) -> bool {
        self.swarm.peers[peer as usize].disk.as_ref().is_none_or(|disk| disk.is_well())
    }
}

impl EventWorld<'_> {
    /// The links between what is behind the link of this name and the core, nearest first, by their place.
    fn links_above(&self, name: Option<&str>) -> impl Iterator<Item = usize> + '_ {
        let place = |name: Option<&str>| name.and_then(|name| place_of(&self.swarm.scenario, name));
        std::iter::successors(place(name), move |at| place(self.swarm.scenario.links[*at].behind.as_deref()))
    }
}
