//! A host's access link, and its uplink: how streams get at it.

use swarmlab_engine::time::Time;

use super::config::{NetworkConfig, assert_share};
use super::pipe::{Discipline, Lost, Passage, Pipe, Rescale};

/// What a host is connected with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AccessLink {
    /// Rate away from the host, in bits a second, at least 1.
    pub up_bits_per_s: u64,
    /// Rate towards the host, in bits a second, at least 1.
    pub down_bits_per_s: u64,
    /// What waits for the uplink. With turns: while the backlog is this many bytes or more, the host's streams wait, so
    /// the backlog is at most this and one segment. Else the limit of the queue.
    pub queue_up_bytes: u64,
    /// A packet that would make the downlink's backlog more than this many bytes is dropped. An idle downlink takes at
    /// least one.
    pub queue_down_bytes: u64,
    /// Who waits for the uplink where.
    pub discipline_up: UplinkDiscipline,
    /// What the queue before the downlink does.
    pub discipline_down: Discipline,
    /// Share of the packets that the link loses, in each direction, whatever its queues do: 0 to 1.
    pub loss: f64,
}

/// Where what a host sends waits for its uplink.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UplinkDiscipline {
    /// At the host: streams are held back, take turns by the segment, and lose nothing.
    #[default]
    Turns,
    /// In a modem that takes everything at once, in one queue, and drops what doesn't fit.
    TailDrop,
    /// In such a modem with [`Discipline::CoDel`].
    CoDel,
}

impl AccessLink {
    /// Both directions at one rate, with queues of 64 KiB up and of 50 ms (at least 128 KiB) down, turns and no loss.
    pub const fn symmetric(bits_per_s: u64) -> AccessLink {
        let queue_50_ms = bits_per_s / 8 / 20;
        AccessLink {
            up_bits_per_s: bits_per_s,
            down_bits_per_s: bits_per_s,
            queue_up_bytes: 64 << 10,
            queue_down_bytes: if queue_50_ms > 128 << 10 { queue_50_ms } else { 128 << 10 },
            discipline_up: UplinkDiscipline::Turns,
            discipline_down: Discipline::TailDrop,
            loss: 0.0,
        }
    }

    pub(super) fn assert_sound(&self) {
        assert_share(self.loss);
    }
}

/// From the host into the network.
#[derive(Clone, Debug)]
pub(super) struct Uplink {
    pipe: Pipe,
    takes_turns: bool,
    /// Bytes of acknowledgements that go ahead of the next segment.
    acks_owed: u64,
}

impl Uplink {
    pub fn new(link: &AccessLink) -> Uplink {
        let (takes_turns, discipline) = match link.discipline_up {
            UplinkDiscipline::Turns => (true, Discipline::TailDrop),
            UplinkDiscipline::TailDrop => (false, Discipline::TailDrop),
            UplinkDiscipline::CoDel => (false, Discipline::CoDel),
        };
        let pipe = Pipe::new(link.up_bits_per_s, link.queue_up_bytes, discipline);
        Uplink { pipe, takes_turns, acks_owed: 0 }
    }

    /// Whether streams must wait.
    pub fn is_full(&self, now: Time) -> bool {
        self.takes_turns && !self.pipe.is_idle(now) && self.pipe.busy_until().since(now) >= self.pipe.queue()
    }

    /// When the streams that wait get their turns: at half the queue, so that one event serves several segments.
    pub fn turns_at(&self, now: Time) -> Time {
        let half = self.pipe.queue().as_nanos() as u64 / 2;
        now.max(Time::from_nanos(self.pipe.busy_until().as_nanos().saturating_sub(half)))
    }

    /// Sends a segment of `payload` bytes, behind the acknowledgements owed.
    pub fn send(&mut self, now: Time, payload: u32, config: &NetworkConfig) -> Passage {
        let acks = std::mem::take(&mut self.acks_owed);
        if acks > 0 {
            self.pipe.take(now, acks);
        }
        if self.takes_turns {
            let (first_at, last_at) = self.pipe.take(now, config.wire_bytes(payload));
            Passage { first_at, last_at, lost: Lost::default() }
        } else {
            self.pipe.offer(now, now, payload, config)
        }
    }

    /// Charges `bytes` of acknowledgements to the segment that is sent next. On an idle uplink they are already gone;
    /// those that would overfill the queue are lost, which harms nobody since later ones say the same.
    pub fn owe_acks(&mut self, now: Time, bytes: u64) {
        if !self.pipe.is_idle(now) {
            self.acks_owed = (self.acks_owed + bytes).min(self.pipe.queue_bytes());
        }
    }

    /// When an acknowledgement leaves. In a modem's queue it waits behind what is there; where streams take turns, it
    /// doesn't wait for them.
    pub fn ack_leaves_at(&self, now: Time) -> Time {
        if self.takes_turns { now } else { self.pipe.busy_until().max(now) }
    }

    pub fn set_rate(&mut self, now: Time, bits_per_s: u64) -> Rescale {
        self.pipe.set_rate(now, bits_per_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Time {
        Time::from_nanos(ms * 1_000_000)
    }

    /// Packets without a header, of a millisecond each, and a queue for ten.
    fn uplink() -> (Uplink, NetworkConfig) {
        let link = AccessLink { queue_up_bytes: 1000, ..AccessLink::symmetric(800_000) };
        (Uplink::new(&link), NetworkConfig { mss_bytes: 100, header_bytes: 0, ..NetworkConfig::default() })
    }

    fn leaves(first: u64, last: u64) -> Passage {
        Passage { first_at: ms(first), last_at: ms(last), lost: Lost::default() }
    }

    #[test]
    fn an_uplink_is_full_at_its_queue_and_calls_at_half() {
        let (mut uplink, config) = uplink();
        assert!(!uplink.is_full(ms(0)));
        assert_eq!(uplink.send(ms(0), 600, &config), leaves(0, 6));
        assert!(!uplink.is_full(ms(0)));
        assert_eq!(uplink.send(ms(0), 600, &config), leaves(6, 12));
        assert!(uplink.is_full(ms(0)));
        assert_eq!(uplink.turns_at(ms(0)), ms(7));
        assert!(uplink.is_full(ms(2)));
        assert!(!uplink.is_full(ms(3)));
    }

    #[test]
    fn acknowledgements_go_ahead_of_a_segment_unless_the_uplink_was_idle() {
        let (mut uplink, config) = uplink();
        uplink.owe_acks(ms(0), 100);
        assert_eq!(uplink.send(ms(0), 500, &config), leaves(0, 5));
        uplink.owe_acks(ms(1), 100);
        assert_eq!(uplink.send(ms(2), 500, &config), leaves(6, 11));
    }
}
