//! How much payload a client, or its part in one swarm, may send and fetch.

use std::time::Duration;

use crate::metainfo::BLOCK_BYTES;
use crate::pacer::Pacer;
use crate::time::Time;

/// Limits of a user. None: as much as the links carry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateLimits {
    /// Payload sent, bytes/s.
    pub up_bytes_per_s: Option<u64>,
    /// Payload asked for, bytes/s.
    pub down_bytes_per_s: Option<u64>,
}

/// Keeps the limits: over any time no more passes than they allow, a tenth of a second and a block excepted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    up: Option<Pacer>,
    down: Option<Pacer>,
}

impl Allowance {
    pub fn new(limits: RateLimits) -> Allowance {
        let pacer = |bytes_per_s: Option<u64>| bytes_per_s.map(|limit| Pacer::new(limit, Time::ZERO));
        Allowance { up: pacer(limits.up_bytes_per_s), down: pacer(limits.down_bytes_per_s) }
    }

    /// What is sent is limited.
    pub fn limits_up(&self) -> bool {
        self.up.is_some()
    }

    /// What is fetched is limited.
    pub fn limits_down(&self) -> bool {
        self.down.is_some()
    }

    /// From when on the next block may be sent.
    pub fn next_up(&self) -> Time {
        self.up.map_or(Time::ZERO, |pacer| pacer.next_at())
    }

    /// How long a block takes to be sent.
    pub fn block_up(&self) -> Duration {
        self.up.map_or(Duration::ZERO, |pacer| pacer.span(BLOCK_BYTES.into()))
    }

    /// From when on the next block may be asked for.
    pub fn next_down(&self) -> Time {
        self.down.map_or(Time::ZERO, |pacer| pacer.next_at())
    }

    /// So much was sent.
    pub fn sent(&mut self, bytes: u64, now: Time) {
        self.up.iter_mut().for_each(|pacer| pacer.sent(bytes, now));
    }

    /// So much was asked for.
    pub fn asked(&mut self, bytes: u64, now: Time) {
        self.down.iter_mut().for_each(|pacer| pacer.sent(bytes, now));
    }
}
