//! Access links: none carries more than its rate allows, over any span of time.
//!
//! What a link has carried fills a bucket that leaks at the link's rate. A downlink gives out one segment after the other,
//! so there is never more in its bucket than a segment. An uplink is counted where it takes a segment, so there may be a
//! full queue before it. A link whose rate changes is looked at when it does; one that is looked at late gets the benefit
//! of the doubt.

use swarmlab_engine::time::Time;

use crate::network::NetworkConfig;

use super::judge::{Bench, Judge};
use super::{Circumstances, Seen};

/// Hosts that are looked at after each event, in turn.
const HOSTS_PER_EVENT: usize = 4;

/// Measures what links carry.
#[derive(Default)]
pub struct Links {
    /// By the peer's number; none before it has come.
    meters: Vec<Option<[Bucket; 2]>>,
    next: usize,
    /// Peers whose rates have changed in this event.
    changed: Vec<usize>,
}

/// One direction of a link.
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    /// The rate since it was last looked at.
    bits_per_s: u64,
    /// The rate from now on.
    next_bits_per_s: u64,
    at: Time,
    /// Bytes carried until then.
    carried: u64,
    level: f64,
    /// What may be in it, beyond one segment.
    queue_bytes: u64,
}

impl Judge for Links {
    fn see(&mut self, _: &mut Bench<'_>, peer: u32, seen: &Seen<'_>) {
        let Seen::Rated { up_bits_per_s, down_bits_per_s, queue_up_bytes } = *seen else { return };
        let place = peer as usize;
        if self.meters.len() <= place {
            self.meters.resize(place + 1, None);
        }
        let [up, down] = self.meters[place].get_or_insert_default();
        up.queue_bytes = queue_up_bytes;
        up.next_bits_per_s = up_bits_per_s;
        down.next_bits_per_s = down_bits_per_s;
        self.changed.push(place);
    }

    fn step(&mut self, bench: &mut Bench<'_>, circumstances: &Circumstances<'_>) {
        for peer in std::mem::take(&mut self.changed) {
            self.look(bench, circumstances, peer);
        }
        let peers = self.meters.len();
        for _ in 0..HOSTS_PER_EVENT.min(peers) {
            self.next = (self.next + 1) % peers;
            self.look(bench, circumstances, self.next);
        }
    }
}

impl Links {
    fn look(&mut self, bench: &mut Bench<'_>, circumstances: &Circumstances<'_>, peer: usize) {
        let Some([up, down]) = &mut self.meters[peer] else { return };
        let carried = circumstances.network.carried(bench.setting.hosts[peer]);
        up.look(bench, peer as u32, carried.up_bytes, "up");
        down.look(bench, peer as u32, carried.down_bytes, "down");
    }
}

impl Bucket {
    fn look(&mut self, bench: &mut Bench<'_>, peer: u32, carried: u64, way: &str) {
        let bytes_per_s = self.bits_per_s as f64 / 8.0;
        let leaked = bytes_per_s * bench.now.since(self.at).as_secs_f64();
        let (since, new) = (self.at, carried - self.carried);
        self.level = (self.level + new as f64 - leaked).max(0.0);
        (self.at, self.carried) = (bench.now, carried);
        let bits_per_s = std::mem::replace(&mut self.bits_per_s, self.next_bits_per_s);
        let most = self.queue_bytes + segment_bytes(bench.setting.scenario.network.unit_bytes);
        // Times are whole nanoseconds.
        let slack = 1.0 + bytes_per_s * 2e-9;
        if self.level > most as f64 + slack {
            let what = format!(
                "its link carried {new} bytes {way} since {since}: {:.0} bytes ahead of its {} bit/s, at most {most} \
                 may be",
                self.level, bits_per_s
            );
            bench.violated("S25", [peer], what, []);
        }
    }
}

/// The largest segment on the wire.
fn segment_bytes(unit: u32) -> u64 {
    let packets = unit.div_ceil(NetworkConfig::MSS_BYTES);
    u64::from(unit) + u64::from(packets * NetworkConfig::HEADER_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::stand::Stand;

    /// A link of 8,000,000 bit/s: a byte in a microsecond.
    fn bucket() -> Bucket {
        Bucket { bits_per_s: 8_000_000, next_bits_per_s: 8_000_000, ..Bucket::default() }
    }

    #[test]
    fn only_what_is_ahead_of_the_rate_is_too_much() {
        let stand = Stand::new();
        let segment = segment_bytes(NetworkConfig::UNIT_BYTES);
        // After a second: bytes carried, queue.
        for (carried, queue, is_right) in [
            (1_000_000 + segment, 0, true),
            (1_000_100 + segment, 0, false),
            (1_000_100 + segment, 200, true),
        ] {
            let mut bucket = Bucket { queue_bytes: queue, ..bucket() };
            let found = stand.violation(Time::from_secs(1), |bench| bucket.look(bench, 0, carried, "up"));
            assert_eq!(found, (!is_right).then_some("S25"), "{carried} bytes");
        }
    }

    #[test]
    fn each_rate_counts_for_its_own_time() {
        let stand = Stand::new();
        let segment = segment_bytes(NetworkConfig::UNIT_BYTES);
        // After a second at 8 Mbit/s the rate is another one; bytes carried by then, and after another second.
        for (next_bits_per_s, carried, is_right) in [
            (16_000_000, [1_000_000, 3_000_000 + segment], true),
            (16_000_000, [1_000_000, 3_000_100 + segment], false),
            (8_000, [1_000_000, 1_001_000 + segment], true),
            (8_000, [1_000_000, 1_001_100 + segment], false),
            (8_000, [1_000_100 + segment, 1_000_100 + segment], false),
        ] {
            let mut bucket = Bucket { next_bits_per_s, ..bucket() };
            let found = stand.violation(Time::ZERO, |bench| {
                for (second, carried) in (1..).zip(carried) {
                    bench.now = Time::from_secs(second);
                    bucket.look(bench, 0, carried, "down");
                }
            });
            assert_eq!(found, (!is_right).then_some("S25"), "{carried:?} bytes");
        }
    }

    #[test]
    fn an_idle_link_saves_nothing_up() {
        let stand = Stand::new();
        let mut bucket = bucket();
        let mut look = |secs, carried| {
            stand.violation(Time::from_secs(secs), |bench| bucket.look(bench, 0, carried, "down"))
        };
        assert_eq!(look(100, 1_000_000), None);
        assert_eq!(look(101, 3_100_000), Some("S25"));
    }
}
