//! A host's access link: two pipes, each a rate and a queue.
//!
//! A pipe is the moment until which it is busy, and nothing else: its backlog is that moment less now. So a pipe needs
//! no event of its own. A queue limit is kept as the time that its bytes take.

use std::time::Duration;

use swarmlab_engine::time::Time;

/// What a host is connected with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessLink {
    /// Rate away from the host, in bits a second, at least 1.
    pub up_bits_per_s: u64,
    /// Rate towards the host, in bits a second, at least 1.
    pub down_bits_per_s: u64,
    /// While the uplink's backlog is this many bytes or more, the host's streams wait for their turns. The backlog is
    /// at most this and one segment.
    pub queue_up_bytes: u64,
    /// A segment that would make the downlink's backlog more than this many bytes is dropped, unless the downlink is
    /// idle.
    pub queue_down_bytes: u64,
}

impl AccessLink {
    /// Both directions at one rate, with queues of 64 KiB up and of 50 ms (at least 128 KiB) down.
    pub const fn symmetric(bits_per_s: u64) -> AccessLink {
        let queue_50_ms = bits_per_s / 8 / 20;
        AccessLink {
            up_bits_per_s: bits_per_s,
            down_bits_per_s: bits_per_s,
            queue_up_bytes: 64 << 10,
            queue_down_bytes: if queue_50_ms > 128 << 10 { queue_50_ms } else { 128 << 10 },
        }
    }
}

/// One direction of an access link.
#[derive(Clone, Copy, Debug)]
struct Pipe {
    bits_per_s: u64,
    queue: Duration,
    busy_until: Time,
}

impl Pipe {
    fn new(bits_per_s: u64, queue_bytes: u64) -> Pipe {
        assert!(bits_per_s > 0, "a link without a rate");
        let queue = Duration::from_nanos(serialisation_nanos(queue_bytes, bits_per_s));
        Pipe { bits_per_s, queue, busy_until: Time::ZERO }
    }

    fn serialisation(&self, bytes: u64) -> Duration {
        Duration::from_nanos(serialisation_nanos(bytes, self.bits_per_s))
    }

    fn is_idle(&self, now: Time) -> bool {
        self.busy_until <= now
    }
}

/// Nanoseconds that `bytes` take, rounded up so that a pipe is never faster than its rate.
fn serialisation_nanos(bytes: u64, bits_per_s: u64) -> u64 {
    const BIT_NANOS_PER_BYTE: u64 = 8 * 1_000_000_000;
    match bytes.checked_mul(BIT_NANOS_PER_BYTE) {
        Some(product) => product.div_ceil(bits_per_s),
        None => {
            let nanos = (u128::from(bytes) * u128::from(BIT_NANOS_PER_BYTE)).div_ceil(u128::from(bits_per_s));
            u64::try_from(nanos).unwrap_or(u64::MAX)
        }
    }
}

/// From the host into the network. Nothing is dropped here: streams are held back instead.
#[derive(Clone, Copy, Debug)]
pub(super) struct Uplink {
    pipe: Pipe,
    queue_bytes: u64,
    /// Bytes of acknowledgements that go ahead of the next segment.
    acks_owed: u64,
}

impl Uplink {
    pub fn new(link: &AccessLink) -> Uplink {
        let pipe = Pipe::new(link.up_bits_per_s, link.queue_up_bytes);
        Uplink { pipe, queue_bytes: link.queue_up_bytes, acks_owed: 0 }
    }

    /// Whether streams must wait.
    pub fn is_full(&self, now: Time) -> bool {
        !self.pipe.is_idle(now) && self.pipe.busy_until.since(now) >= self.pipe.queue
    }

    /// When the streams that wait get their turns: at half the queue, so that one event serves several segments.
    pub fn turns_at(&self, now: Time) -> Time {
        let drained = self.pipe.busy_until.as_nanos().saturating_sub(self.pipe.queue.as_nanos() as u64 / 2);
        now.max(Time::from_nanos(drained))
    }

    /// Sends `bytes`: when its first and its last bit leave.
    pub fn send(&mut self, now: Time, bytes: u64) -> (Time, Time) {
        let acks = std::mem::take(&mut self.acks_owed);
        let first = self.pipe.busy_until.max(now) + self.pipe.serialisation(acks);
        let last = first + self.pipe.serialisation(bytes);
        self.pipe.busy_until = last;
        (first, last)
    }

    /// Charges `bytes` of acknowledgements to the segment that is sent next. On an idle uplink they are already gone;
    /// those that would overfill the queue are lost, which harms nobody since later ones say the same.
    pub fn owe_acks(&mut self, now: Time, bytes: u64) {
        if !self.pipe.is_idle(now) {
            self.acks_owed = (self.acks_owed + bytes).min(self.queue_bytes);
        }
    }
}

/// From the network to the host: first in, first out, the tail dropped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Downlink {
    pipe: Pipe,
}

impl Downlink {
    pub fn new(link: &AccessLink) -> Downlink {
        Downlink { pipe: Pipe::new(link.down_bits_per_s, link.queue_down_bytes) }
    }

    /// When a segment of `bytes` is through, whose first bit reached the link at `first` and whose last reaches it
    /// `now`; `None` if it is dropped. The link passes bits on as they come, so a segment that a slower uplink has
    /// stretched is not stretched again.
    pub fn receive(&mut self, first: Time, now: Time, bytes: u64) -> Option<Time> {
        let through = now.max(self.pipe.busy_until.max(first) + self.pipe.serialisation(bytes));
        if !self.pipe.is_idle(now) && through.since(now) > self.pipe.queue {
            return None;
        }
        self.pipe.busy_until = through;
        Some(through)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: AccessLink = AccessLink {
        up_bits_per_s: 8_000,
        down_bits_per_s: 8_000,
        queue_up_bytes: 1000,
        queue_down_bytes: 1000,
    };

    fn ms(ms: u64) -> Time {
        Time::from_nanos(ms * 1_000_000)
    }

    #[test]
    fn an_uplink_is_full_at_its_queue_and_calls_at_half() {
        let mut uplink = Uplink::new(&LINK);
        assert!(!uplink.is_full(ms(0)));
        assert_eq!(uplink.send(ms(0), 600), (ms(0), ms(600)));
        assert!(!uplink.is_full(ms(0)));
        assert_eq!(uplink.send(ms(0), 600), (ms(600), ms(1200)));
        assert!(uplink.is_full(ms(0)));
        assert_eq!(uplink.turns_at(ms(0)), ms(700));
        assert!(uplink.is_full(ms(200)));
        assert!(!uplink.is_full(ms(201)));
    }

    #[test]
    fn acknowledgements_go_ahead_of_a_segment_unless_the_uplink_was_idle() {
        let mut uplink = Uplink::new(&LINK);
        uplink.owe_acks(ms(0), 100);
        assert_eq!(uplink.send(ms(0), 500), (ms(0), ms(500)));
        uplink.owe_acks(ms(10), 100);
        assert_eq!(uplink.send(ms(20), 500), (ms(600), ms(1100)));
    }

    #[test]
    fn a_downlink_passes_a_slow_segment_through_and_serialises_a_fast_one() {
        let mut downlink = Downlink::new(&LINK);
        assert_eq!(downlink.receive(ms(0), ms(500), 100), Some(ms(500)));
        assert_eq!(downlink.receive(ms(1000), ms(1000), 100), Some(ms(1100)));
        assert_eq!(downlink.receive(ms(1000), ms(1010), 100), Some(ms(1200)));
    }

    #[test]
    fn a_downlink_drops_what_overfills_it_but_takes_any_segment_when_idle() {
        let mut downlink = Downlink::new(&LINK);
        assert_eq!(downlink.receive(ms(0), ms(0), 5000), Some(ms(5000)));
        assert_eq!(downlink.receive(ms(4000), ms(4000), 1), None);
        assert_eq!(downlink.receive(ms(4500), ms(4500), 500), Some(ms(5500)));
        assert_eq!(downlink.receive(ms(4500), ms(4500), 1), None);
    }
}
