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
        format!("{:032x}", self.state.digest128())
    }
}

/// Takes numbers in little-endian order and of fixed width, so that the digest is the same on every platform. Gathers many
/// before it hashes them: an event has a few bytes, and a call for each of them would cost more than the hash.
struct Writer {
    state: Xxh3,
    gathered: [u8; GATHERED_BYTES],
    length: usize,
}

/// Bytes that are hashed at a time.
const GATHERED_BYTES: usize = 1024;

impl Default for Writer {
    fn default() -> Writer {
        Writer { state: Xxh3::default(), gathered: [0; GATHERED_BYTES], length: 0 }
    }
}

impl Writer {
    /// The digest of everything so far.
    fn digest128(&self) -> u128 {
        let mut state = self.state.clone();
        state.update(&self.gathered[..self.length]);
        state.digest128()
    }

    #[inline]
    fn gather<const N: usize>(&mut self, bytes: [u8; N]) {
        if self.length + N > GATHERED_BYTES {
            self.state.update(&self.gathered[..self.length]);
            self.length = 0;
        }
        self.gathered[self.length..self.length + N].copy_from_slice(&bytes);
        self.length += N;
    }
}

impl Hasher for Writer {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.gather([*byte]));
    }
    #[inline]
    fn write_u8(&mut self, number: u8) {
        self.gather([number]);
    }
    #[inline]
    fn write_u32(&mut self, number: u32) {
        self.gather(number.to_le_bytes());
    }
    #[inline]
    fn write_u64(&mut self, number: u64) {
        self.gather(number.to_le_bytes());
    }
    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
    /// The tag of an enum.
    #[inline]
    fn write_isize(&mut self, number: isize) {
        self.write_u8(number as u8);
    }
    fn finish(&self) -> u64 {
        self.digest128() as u64
    }
}
