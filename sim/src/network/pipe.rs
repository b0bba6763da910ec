//! A pipe: a rate, and a queue before it, served in order of arrival.
//!
//! A pipe is the moment until which it is busy: its backlog is that moment less now, so it needs no event of its own.
//! When a packet will be through, and whether it is dropped, is known when it arrives. A queue limit is kept as the time
//! that its bytes take.

use std::time::Duration;

use swarmlab_engine::time::Time;

use super::codel::Codel;
use super::config::NetworkConfig;

/// What a queue does against growing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Discipline {
    /// It drops what doesn't fit.
    #[default]
    TailDrop,
    /// It also drops early while everybody waits for more than 5 ms (RFC 8289), or for more than a packet takes.
    CoDel,
}

/// What few pipes have lies elsewhere: there are two for each host, and each packet passes some.
#[derive(Clone, Debug)]
pub(super) struct Pipe {
    bits_per_s: u64,
    queue_bytes: u64,
    queue: Duration,
    busy_until: Time,
    last_change: Option<Box<Change>>,
    codel: Option<Box<Codel>>,
}

/// A change of rate, as far as it matters to a unit that is still coming in.
#[derive(Clone, Copy, Debug)]
struct Change {
    at: Time,
    /// The rate before it.
    from: u64,
    /// When the pipe had got that rate.
    since: Time,
}

/// What a pipe has taken of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Passage {
    /// When its first bit leaves the pipe.
    pub first_at: Time,
    /// When its last bit leaves the pipe.
    pub last_at: Time,
    pub lost: Lost,
}

/// Which packets of a unit were lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lost {
    pub packets: u32,
    /// Whether the last packet is among them: then no packet of the same unit follows to tell of the loss.
    pub with_last: bool,
}

impl Pipe {
    pub fn new(bits_per_s: u64, queue_bytes: u64, discipline: Discipline) -> Pipe {
        assert!(bits_per_s > 0, "a link without a rate");
        let queue = Duration::from_nanos(serialisation_nanos(queue_bytes, bits_per_s));
        let codel = (discipline == Discipline::CoDel).then(|| Box::new(Codel::new()));
        Pipe { bits_per_s, queue_bytes, queue, busy_until: Time::ZERO, last_change: None, codel }
    }

    pub fn is_idle(&self, now: Time) -> bool {
        self.busy_until <= now
    }

    pub fn busy_until(&self) -> Time {
        self.busy_until
    }

    /// The time that a full queue takes.
    pub fn queue(&self) -> Duration {
        self.queue
    }

    pub fn queue_bytes(&self) -> u64 {
        self.queue_bytes
    }

    /// Takes `bytes` whatever the queue: when their first and their last bit leave.
    pub fn take(&mut self, now: Time, bytes: u64) -> (Time, Time) {
        let first = self.busy_until.max(now);
        self.busy_until = first + self.serialisation(bytes);
        (first, self.busy_until)
    }

    /// Takes of a unit with `payload` bytes what fits. Its first bit reached the pipe at `first`, its last reaches it
    /// `now`. Bits pass on as they come, so a unit that a slower pipe has stretched is not stretched again. An idle pipe
    /// takes at least a packet.
    pub fn offer(&mut self, first: Time, now: Time, payload: u32, config: &NetworkConfig) -> Passage {
        let first_at = self.busy_until.max(first);
        let last_at = now.max(self.at_this_rate(first_at) + self.serialisation(config.wire_bytes(payload)));
        if last_at.since(now) <= self.queue && self.is_calm(first_at, last_at, now) {
            self.busy_until = last_at;
            return Passage { first_at, last_at, lost: Lost::default() };
        }
        self.squeeze(first, now, payload, config)
    }

    /// When a unit would have begun to pass at today's rate to have come as far as it has, if it began `first_at`: bits
    /// that passed before a change of rate passed at the rate before it.
    fn at_this_rate(&self, first_at: Time) -> Time {
        match self.last_change.as_deref() {
            Some(&Change { at, from, since }) if first_at < at => {
                let passed = u128::from(at.since(first_at.max(since)).as_nanos() as u64) * u128::from(from);
                let as_if = u64::try_from(passed / u128::from(self.bits_per_s)).unwrap_or(u64::MAX);
                Time::from_nanos(at.as_nanos().saturating_sub(as_if))
            }
            _ => first_at,
        }
    }

    /// Whether CoDel, if it is here, has nothing to say: not one packet waits for as long as its target.
    fn is_calm(&mut self, first_at: Time, last_at: Time, now: Time) -> bool {
        let Some(codel) = &mut self.codel else { return true };
        let is_calm = last_at.since(now).max(first_at.since(now)) < Codel::TARGET;
        if is_calm {
            codel.rest();
        }
        is_calm
    }

    /// The same packet by packet, where some may be dropped.
    fn squeeze(&mut self, first: Time, now: Time, payload: u32, config: &NetworkConfig) -> Passage {
        let packets = config.packets(payload);
        let full = self.serialisation(config.wire_bytes(payload.min(config.mss_bytes)));
        let target = Codel::TARGET.max(full);
        let was_idle = self.is_idle(now);
        let gap = now.since(first).as_nanos() as u64 / u64::from(packets);

        let first_at = self.busy_until.max(first);
        let mut until = self.at_this_rate(first_at);
        let mut lost = Lost::default();
        for packet in 1..=packets {
            let arrives = Time::from_nanos(now.as_nanos() - gap * u64::from(packets - packet));
            let is_last = packet == packets;
            let takes = if is_last { self.last_packet(payload, config) } else { full };
            let is_alone = was_idle && lost.packets + 1 == packet;
            let overfills = (until + takes).since(arrives) > self.queue && !is_alone;
            let wait = until.since(arrives);
            if overfills || self.codel.as_mut().is_some_and(|codel| codel.drops(until, wait, target)) {
                lost.packets += 1;
                lost.with_last = is_last;
            } else {
                until += takes;
            }
        }
        if lost.packets < packets {
            self.busy_until = now.max(until);
        }
        Passage { first_at, last_at: self.busy_until, lost }
    }

    fn last_packet(&self, payload: u32, config: &NetworkConfig) -> Duration {
        let before = (config.packets(payload) - 1) * config.mss_bytes;
        self.serialisation(config.wire_bytes(payload - before))
    }

    fn serialisation(&self, bytes: u64) -> Duration {
        Duration::from_nanos(serialisation_nanos(bytes, self.bits_per_s))
    }

    /// Changes the rate, for what is queued too. What was to be through at a time from now on is through at the time
    /// that the answer gives.
    pub fn set_rate(&mut self, now: Time, bits_per_s: u64) -> Rescale {
        assert!(bits_per_s > 0, "a link without a rate");
        let rescale = Rescale { now, from: self.bits_per_s, to: bits_per_s };
        if bits_per_s != self.bits_per_s {
            let since = self.last_change.as_ref().map_or(Time::ZERO, |change| change.at);
            self.last_change = Some(Box::new(Change { at: now, from: self.bits_per_s, since }));
        }
        self.bits_per_s = bits_per_s;
        self.queue = Duration::from_nanos(serialisation_nanos(self.queue_bytes, bits_per_s));
        self.busy_until = rescale.moment(self.busy_until);
        if let Some(codel) = &mut self.codel {
            codel.rest();
        }
        rescale
    }
}

/// A change of a pipe's rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rescale {
    now: Time,
    from: u64,
    to: u64,
}

impl Rescale {
    /// When bits pass at the new rate that were to pass `at` at the old one.
    pub fn moment(&self, at: Time) -> Time {
        let ahead = u128::from(at.since(self.now).as_nanos() as u64);
        if ahead == 0 {
            return at;
        }
        let ahead = (ahead * u128::from(self.from)).div_ceil(u128::from(self.to));
        self.now + Duration::from_nanos(u64::try_from(ahead).unwrap_or(u64::MAX))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Time {
        Time::from_nanos(ms * 1_000_000)
    }

    /// Packets without a header, of a millisecond each, and a queue for ten.
    fn pipe(discipline: Discipline) -> (Pipe, NetworkConfig) {
        let config = NetworkConfig { mss_bytes: 100, header_bytes: 0, ..NetworkConfig::default() };
        (Pipe::new(800_000, 1000, discipline), config)
    }

    fn lost(packets: u32, with_last: bool) -> Lost {
        Lost { packets, with_last }
    }

    #[test]
    fn a_slow_unit_passes_through_and_a_fast_one_is_serialised() {
        let (mut pipe, config) = pipe(Discipline::TailDrop);
        let mut offer = |first, now, payload| pipe.offer(ms(first), ms(now), payload, &config).last_at;
        assert_eq!(offer(0, 50, 1000), ms(50));
        assert_eq!(offer(100, 100, 1000), ms(110));
        assert_eq!(offer(100, 105, 500), ms(115));
    }

    #[test]
    fn what_overfills_the_queue_is_dropped_packet_by_packet() {
        let (mut pipe, config) = pipe(Discipline::TailDrop);
        let mut offer = |now, payload| pipe.offer(ms(now), ms(now), payload, &config);
        let passage = offer(0, 700);
        assert_eq!((passage.last_at, passage.lost), (ms(7), lost(0, false)));
        let passage = offer(0, 520);
        assert_eq!((passage.last_at, passage.lost), (ms(10), lost(3, true)));
        assert_eq!(offer(0, 1).lost, lost(1, true));
        assert_eq!(offer(5, 500).lost, lost(0, false));
    }

    #[test]
    fn an_idle_pipe_takes_a_packet_of_any_size() {
        let config = NetworkConfig { mss_bytes: 5000, header_bytes: 0, ..NetworkConfig::default() };
        let (mut pipe, _) = pipe(Discipline::TailDrop);
        assert_eq!(pipe.offer(ms(0), ms(0), 12_000, &config).lost, lost(2, true));
        assert_eq!(pipe.offer(ms(10), ms(10), 1, &config).lost, lost(1, true));
    }

    #[test]
    fn a_unit_that_comes_slowly_finds_the_room_that_its_packets_find_one_by_one() {
        let (mut pipe, config) = pipe(Discipline::TailDrop);
        pipe.take(ms(0), 1000);
        // Ten packets at the pipe's own rate, while the queue empties at that rate.
        let passage = pipe.offer(ms(0), ms(10), 1000, &config);
        assert_eq!((passage.last_at, passage.lost), (ms(20), lost(0, false)));
        // Twenty at twice that rate: half of them find no room.
        let passage = pipe.offer(ms(10), ms(20), 2000, &config);
        assert!(passage.lost.packets.abs_diff(10) <= 1, "{passage:?}");
        assert!(passage.last_at <= ms(30));
    }

    /// A unit of 1,000 bytes comes in over 100 ms, the first 50 of them at a tenth of the rate: 50 bytes have passed then,
    /// and the rest takes 95 ms.
    #[test]
    fn what_passed_before_a_change_of_rate_passed_at_the_old_one() {
        let (mut pipe, config) = pipe(Discipline::TailDrop);
        pipe.set_rate(ms(0), 8_000);
        pipe.set_rate(ms(50), 80_000);
        assert_eq!(pipe.offer(ms(0), ms(100), 1000, &config).last_at, ms(145));
        assert_eq!(pipe.offer(ms(150), ms(160), 1000, &config).last_at, ms(250), "after the change");
    }

    #[test]
    fn a_change_of_rate_stretches_what_is_queued() {
        let (mut pipe, config) = pipe(Discipline::TailDrop);
        pipe.offer(ms(0), ms(0), 1000, &config);
        let rescale = pipe.set_rate(ms(4), 400_000);
        assert_eq!([3, 4, 5, 10].map(|at| rescale.moment(ms(at))), [3, 4, 6, 16].map(ms));
        assert_eq!(pipe.offer(ms(4), ms(4), 100, &config).last_at, ms(18));
    }

    /// One packet in each millisecond and one more every `extra` milliseconds, for two seconds: the worst wait in the
    /// last one, in milliseconds, and the packets dropped.
    fn overload(discipline: Discipline, extra: u64) -> (u64, u32) {
        let config = NetworkConfig { mss_bytes: 100, header_bytes: 0, ..NetworkConfig::default() };
        let mut pipe = Pipe::new(800_000, 100_000, discipline);
        let (mut worst, mut dropped) = (0, 0);
        for now in 0..2000 {
            let packets = 1 + u32::from(now % extra == 0);
            let passage = pipe.offer(ms(now), ms(now), packets * 100, &config);
            dropped += passage.lost.packets;
            if now >= 1000 {
                worst = worst.max((passage.last_at - ms(now)).as_millis() as u64);
            }
        }
        (worst, dropped)
    }

    #[test]
    fn codel_drops_from_a_standing_queue_and_tail_drop_fills_it() {
        let (worst, dropped) = overload(Discipline::CoDel, 50);
        assert!(worst < 25 && (10..=40).contains(&dropped), "{worst} ms, {dropped} dropped");
        let (worst, dropped) = overload(Discipline::TailDrop, 50);
        assert!(worst >= 39 && dropped == 0, "{worst} ms, {dropped} dropped");
    }

    #[test]
    fn codel_lets_a_burst_pass() {
        let (mut pipe, config) = pipe(Discipline::CoDel);
        pipe.queue = Duration::from_secs(1);
        for round in 0..20 {
            assert_eq!(pipe.offer(ms(100 * round), ms(100 * round), 8000, &config).lost, Lost::default());
        }
    }
}
