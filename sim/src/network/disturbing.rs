//! Disturbances begin and end.

use swarmlab_engine::time::Time;

use super::disturbance::{Disturbance, DisturbanceId};
use super::event::NetworkEvent;
use super::stream::EndId;
use super::verbs::Network;
use crate::event_queue::EventQueue;

impl Network {
    /// Begins a disturbance, which lasts until [`calm`](Network::calm). Delay is met by what is sent from now on, block
    /// and loss by what arrives at the first queue on its way from now on. What lasts at the same time adds up.
    ///
    /// # Panics
    /// If a loss is not a share.
    pub fn disturb(&mut self, disturbance: Disturbance) -> DisturbanceId {
        self.paths.disturbances.begin(disturbance)
    }

    /// All disturbances that last, in the order in which they began.
    pub fn disturbances(&self) -> &[(DisturbanceId, Disturbance)] {
        self.paths.disturbances.lasting()
    }

    /// Ends a disturbance. One that has ended is harmless.
    pub fn calm<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, id: DisturbanceId) {
        if !self.paths.disturbances.end(id) {
            return;
        }
        let ends = self.streams.iter().flat_map(|end| [end, end.peer()]);
        let held: Vec<EndId> =
            ends.filter(|&end| self.streams.flight(end).is_some_and(|flight| flight.is_held())).collect();
        for end in held {
            self.let_acks_go(queue, end);
        }
    }

    /// The acknowledgements that waited for a way back to `end` set out, if there is one.
    fn let_acks_go<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, end: EndId) {
        let Some(at) = self.ack_at(queue.now(), end).filter(|&at| at < Time::NEVER) else { return };
        if let Some((_, flight)) = self.streams.flight_mut(end) {
            flight.release_held(at);
        }
        self.arm_wake(queue, end);
        self.let_fade(end);
    }
}
