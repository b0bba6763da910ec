//! What all uplinks together could have carried while somebody was downloading, to the bit: rates may change and peers
//! may come and go in between, which no table shows.

use swarmlab_engine::time::Time;

/// The integral of the upload rates of the peers present, over the time in which a leecher was present and incomplete.
#[derive(Default)]
pub struct Capacity {
    up_bits_per_s: u64,
    leeching: u32,
    since: Time,
    bits: f64,
}

impl Capacity {
    /// So much more, or less, can be sent from now on.
    pub fn change(&mut self, now: Time, before_bits_per_s: u64, after_bits_per_s: u64) {
        self.advance(now);
        self.up_bits_per_s = self.up_bits_per_s - before_bits_per_s + after_bits_per_s;
    }

    /// A leecher begins to want.
    pub fn begin(&mut self, now: Time) {
        self.advance(now);
        self.leeching += 1;
    }

    /// A leecher is complete, or gone.
    pub fn end(&mut self, now: Time) {
        self.advance(now);
        self.leeching -= 1;
    }

    /// The integral, in bytes.
    pub fn bytes(&mut self, now: Time) -> f64 {
        self.advance(now);
        self.bits / 8.0
    }

    fn advance(&mut self, now: Time) {
        if self.leeching > 0 {
            self.bits += self.up_bits_per_s as f64 * now.since(self.since).as_secs_f64();
        }
        // Hosts of one tick tell the time one after the other.
        self.since = self.since.max(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_time_in_which_somebody_wants_counts() {
        let mut capacity = Capacity::default();
        let at = Time::from_secs;
        capacity.change(at(0), 0, 80);
        capacity.begin(at(10));
        capacity.change(at(12), 80, 160);
        capacity.begin(at(14));
        capacity.end(at(15));
        capacity.end(at(20));
        capacity.change(at(30), 160, 0);
        assert_eq!(capacity.bytes(at(40)), (2.0 * 80.0 + 8.0 * 160.0) / 8.0);
    }
}
