//! One number for everything that happened in a run, in order.

use std::hash::{Hash, Hasher};

use swarmlab_engine::time::Time;
use xxhash_rust::xxh3::Xxh3;

/// XXH3 (128 bits) over the events of a run. Two runs with one digest went the same way, event by event.
#[derive(Default)]
pub struct Digest {
    events: u64,
    state: Writer,
}

impl Digest {
    /// Something happened.
    #[inline]
    pub fn event(&mut self, at: Time, what: &impl Hash) {
        self.events += 1;
        self.state.write_u64(at.as_nanos());
        what.hash(&mut self.state);
    }

    /// How many things happened.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The digest so far, in hexadecimal.
    pub fn hex(&self) -> String {
        format!("{:032x}", self.state.0.digest128())
    }
}

/// Takes numbers in little-endian order and of fixed width, so that the digest is the same on every platform.
#[derive(Default)]
struct Writer(Xxh3);

impl Hasher for Writer {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
    fn write_u8(&mut self, number: u8) {
        self.0.update(&[number]);
    }
    fn write_u32(&mut self, number: u32) {
        self.0.update(&number.to_le_bytes());
    }
    fn write_u64(&mut self, number: u64) {
        self.0.update(&number.to_le_bytes());
    }
    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
    /// The tag of an enum.
    fn write_isize(&mut self, number: isize) {
        self.write_u8(number as u8);
    }
    fn finish(&self) -> u64 {
        self.0.digest()
    }
}
