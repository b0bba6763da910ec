//! What happens to packets between the access links, queues not counted: delay, jitter, loss, partitions.
//!
//! It owns the network's one generator of randomness. Nothing is drawn where nothing is left to chance.

use std::time::Duration;

use rand::Rng as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use super::config::NetworkConfig;
use super::disturbance::Disturbances;
use super::host::HostId;
use super::pipe::Lost;

#[derive(Debug)]
pub(super) struct Paths {
    pub disturbances: Disturbances,
    jitter: Duration,
    /// Of every path.
    loss: f64,
    /// Of each host's access link.
    access_losses: Vec<f64>,
    /// Whether any of these is not zero.
    is_lossy: bool,
    rng: Xoshiro256PlusPlus,
}

impl Paths {
    pub fn new(config: &NetworkConfig, seed: u64) -> Paths {
        Paths {
            disturbances: Disturbances::default(),
            jitter: config.jitter,
            loss: config.loss,
            access_losses: Vec::new(),
            is_lossy: config.loss > 0.0,
            rng: Xoshiro256PlusPlus::seed_from_u64(seed),
        }
    }

    pub fn add_host(&mut self, access_loss: f64) {
        self.access_losses.push(access_loss);
        self.is_lossy |= access_loss > 0.0;
    }

    /// How long something sent now takes from `from` to `to`, if nothing waits.
    pub fn delay(&mut self, from: HostId, to: HostId, latency: Duration) -> Duration {
        let mut delay = latency;
        if !self.jitter.is_zero() {
            let choices = self.jitter.as_nanos() as u64 + 1;
            delay +=
                Duration::from_nanos(((u128::from(self.rng.next_u64()) * u128::from(choices)) >> 64) as u64);
        }
        delay + self.detour(from, to)
    }

    /// What disturbances add to the latency.
    pub fn detour(&self, from: HostId, to: HostId) -> Duration {
        if self.disturbances.is_empty() { Duration::ZERO } else { self.disturbances.delay(from, to) }
    }

    /// Whether nothing at all gets from `from` to `to`.
    pub fn are_blocked(&self, from: HostId, to: HostId) -> bool {
        !self.disturbances.is_empty() && self.disturbances.block(from, to)
    }

    /// Which of so many packets are lost between `from` and `to`.
    pub fn lose(&mut self, from: HostId, to: HostId, packets: u32) -> Lost {
        if !self.are_lossy() {
            return Lost::default();
        }
        let kept = self.kept(from, to);
        self.lose_of(packets, kept)
    }

    /// Whether anything is lost anywhere but in queues and on shared links.
    pub fn are_lossy(&self) -> bool {
        self.is_lossy || !self.disturbances.is_empty()
    }

    /// Which of so many packets are lost, of which the share `kept` is not.
    pub fn lose_of(&mut self, packets: u32, kept: f64) -> Lost {
        let mut lost = Lost::default();
        if kept >= 1.0 {
            return lost;
        }
        for packet in 1..=packets {
            // 53 bits make every number of a double as likely.
            if ((self.rng.next_u64() >> 11) as f64) >= kept * (1_u64 << 53) as f64 {
                lost.packets += 1;
                lost.with_last = packet == packets;
            }
        }
        lost
    }

    /// Whether a packet of its own gets from `from` to `to`.
    pub fn let_through(&mut self, from: HostId, to: HostId) -> bool {
        self.lose(from, to, 1).packets == 0
    }

    pub fn kept(&self, from: HostId, to: HostId) -> f64 {
        let links = (1.0 - self.access_losses[from.index()]) * (1.0 - self.access_losses[to.index()]);
        let disturbed = if self.disturbances.is_empty() { 1.0 } else { self.disturbances.kept(from, to) };
        (1.0 - self.loss) * links * disturbed
    }
}
