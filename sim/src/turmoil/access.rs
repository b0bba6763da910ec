//! A host's access link, shared by all of its streams.

use std::sync::Mutex;
use std::time::Duration;

use swarmlab_engine::time::Time;

use crate::network::NetworkConfig;
use crate::world::rates::Pair;

use super::TICK;
use super::pipe::Pipe;

/// Tokio's timers count whole milliseconds, and one that is due then fires in the next.
const TIMER_SLACK: Duration = Duration::from_millis(2);

/// Both directions of a link.
#[derive(Debug)]
pub struct Access {
    /// What packets weigh.
    weights: NetworkConfig,
    pipes: Mutex<Pipes>,
}

#[derive(Debug)]
struct Pipes {
    up: Pipe,
    down: Pipe,
}

impl Access {
    /// A link of these rates, for streams of packets as this network has them.
    pub fn new(rates: Pair, weights: NetworkConfig) -> Access {
        let up = Pipe::new(rates.up, TIMER_SLACK);
        // What arrives in the course of a tick is read at its beginning.
        let down = Pipe::new(rates.down, TICK + TIMER_SLACK);
        Access { weights, pipes: Mutex::new(Pipes { up, down }) }
    }

    /// Other rates from now on.
    pub fn set_rates(&self, rates: Pair) {
        let mut pipes = self.pipes();
        pipes.up.set_rate(rates.up);
        pipes.down.set_rate(rates.down);
    }

    /// What is handed to the link at a time at most, payload in bytes.
    pub fn unit_bytes(&self) -> usize {
        self.weights.unit_bytes as usize
    }

    /// Takes payload for sending: when it has left. Its acknowledgement comes in on the other side.
    pub fn send(&self, now: Time, bytes: usize) -> Time {
        let bytes = bytes as u32;
        let mut pipes = self.pipes();
        pipes.down.take(now, self.weights.ack_bytes(bytes));
        pipes.up.take(now, self.weights.wire_bytes(bytes))
    }

    /// Takes payload that has come in: when all of it is here. It is acknowledged on the other side.
    pub fn receive(&self, now: Time, bytes: usize) -> Time {
        let bytes = bytes as u32;
        let mut pipes = self.pipes();
        pipes.up.take(now, self.weights.ack_bytes(bytes));
        pipes.down.take(now, self.weights.wire_bytes(bytes))
    }

    fn pipes(&self) -> std::sync::MutexGuard<'_, Pipes> {
        self.pipes.lock().expect("nobody panics while holding it")
    }
}
