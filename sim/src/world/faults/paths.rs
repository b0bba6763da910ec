//! What happens to the paths between groups: partitions, loss, delay.

use crate::network::{Disturbance, Effect, HostSet};
use crate::scenario::Action;

use super::super::event_world::EventWorld;
use super::super::script::Done;

impl EventWorld<'_> {
    /// What lies between two groups, or between one and everybody else, the tracker included, is disturbed.
    pub(super) fn disturb(&mut self, action: &Action) -> Done {
        let (from, to, effect, both_ways) = match *action {
            Action::Partition { from, to, one_way } => (from, to, Effect::Blocked, !one_way),
            Action::Loss { from, to, loss } => (from, to, Effect::Loss(loss), false),
            Action::Delay { from, to, delay } => (from, to, Effect::Delay(delay), false),
            _ => return Done::default(),
        };
        let here = self.hosts_of(from);
        let there = to.map_or_else(|| here.others(), |group| self.hosts_of(group));
        let mut disturbances = vec![Disturbance { from: here.clone(), to: there.clone(), effect }];
        if both_ways {
            disturbances.push(Disturbance { from: there, to: here, effect });
        }
        let begin = |disturbance| self.network.disturb(disturbance);
        let disturbances = disturbances.into_iter().map(begin).collect();
        let peers = self.swarm.peers_where(|group| group == from || Some(group) == to);
        Done { peers, disturbances }
    }

    fn hosts_of(&self, group: usize) -> HostSet {
        self.swarm.peers.iter().filter(|peer| peer.group == group).map(|peer| peer.host).collect()
    }
}
