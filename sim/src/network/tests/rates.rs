//! How fast one stream is.

use super::world::{BLOCK, BLOCK_ON_WIRE, World, config, ms, secs};
use crate::network::AccessLink;

const MEGABIT: u64 = 1_000_000;
const ENDLESS: u64 = u64::MAX;

/// Payload per second of a link that carries nothing but blocks.
fn goodput(bits_per_s: u64) -> u64 {
    bits_per_s / 8 * BLOCK as u64 / BLOCK_ON_WIRE as u64
}

#[test]
fn a_lone_stream_fills_a_slow_uplink_at_any_round_trip() {
    for round_trip_ms in [10, 30, 100, 300] {
        let mut world = World::new(config(round_trip_ms, 16 << 20));
        let [a, b] = world.hosts([50, 1000].map(|megabits| AccessLink::symmetric(megabits * MEGABIT)));
        let end = world.transfer(a, b, ENDLESS);
        world.run_until(secs(15));
        world.check();
        let rate = world.payload(end, secs(5), secs(15)) / 10;
        let limit = goodput(50 * MEGABIT);
        assert!(
            rate * 100 >= limit * 99 && rate * 1000 <= limit * 1001,
            "{round_trip_ms} ms: {rate} of {limit}"
        );
    }
}

#[test]
fn a_lone_stream_fills_a_slow_downlink_at_any_round_trip() {
    for round_trip_ms in [10, 30, 100, 300] {
        let mut world = World::new(config(round_trip_ms, 16 << 20));
        let bandwidth_delay = 50 * MEGABIT / 8 * round_trip_ms / 1000;
        let slow = AccessLink {
            queue_down_bytes: bandwidth_delay.max(128 << 10),
            ..AccessLink::symmetric(50 * MEGABIT)
        };
        let [a, b] = world.hosts([AccessLink::symmetric(1000 * MEGABIT), slow]);
        let end = world.transfer(a, b, ENDLESS);
        world.run_until(secs(60));
        world.check();
        let rate = world.payload(end, secs(20), secs(60)) / 40;
        let limit = goodput(50 * MEGABIT);
        assert!(
            rate * 100 >= limit * 95 && rate * 1000 <= limit * 1001,
            "{round_trip_ms} ms: {rate} of {limit}"
        );
    }
}

#[test]
fn a_window_limits_the_rate_to_window_per_round_trip() {
    for (window, round_trip_ms) in [(128 << 10, 100), (256 << 10, 50), (1 << 20, 100), (1 << 20, 300)] {
        let mut world = World::new(config(round_trip_ms, window));
        let [a, b] = world.hosts([AccessLink::symmetric(10_000 * MEGABIT); 2]);
        let end = world.transfer(a, b, ENDLESS);
        world.run_until(secs(18));
        world.check();
        // Twelve seconds: a whole number of round trips.
        let rate = world.payload(end, secs(6), secs(18)) / 12;
        let limit = u64::from(window) * 1000 / round_trip_ms;
        let permille = rate * 1000 / limit;
        assert!((980..=1001).contains(&permille), "window {window}, {round_trip_ms} ms: {permille} permille");
    }
}

#[test]
fn slow_start_doubles_from_ten_packets() {
    let mut world = World::new(config(100, 1 << 20));
    let [a, b] = world.hosts([AccessLink::symmetric(10_000 * MEGABIT); 2]);
    let end = world.transfer(a, b, ENDLESS);
    world.run_until(secs(2));
    // Set-up takes the first round trip; flights land half a round trip after each start.
    for (round_trip, packets) in [(1, 10), (2, 20), (3, 40), (4, 80)] {
        let payload = world.payload(end, ms(round_trip * 100 + 1), ms(round_trip * 100 + 99));
        let expected = packets * 1448;
        // The window is rounded to whole segments, and what is sent over it makes it grow too.
        assert!(
            (75..=125).contains(&(payload * 100 / expected)),
            "flight {round_trip}: {payload} of {expected}"
        );
    }
}

/// Four streams from one host, or to one host, whose windows fit its queue: nothing is lost, so bytes reach the
/// application as they leave the link.
#[test]
fn no_span_of_time_sees_more_than_the_link_and_a_segment() {
    const SEGMENT_BITS: u64 = 8 * 12 * (1448 + 66);
    let slow = AccessLink { queue_down_bytes: 400_000, ..AccessLink::symmetric(20 * MEGABIT) };
    for is_sender in [true, false] {
        let mut world = World::new(config(40, 64 << 10));
        let [slow] = world.hosts([slow]);
        for fast in world.hosts([AccessLink::symmetric(300 * MEGABIT); 4]) {
            let (from, to) = if is_sender { (slow, fast) } else { (fast, slow) };
            world.transfer(from, to, 5_000_000);
        }
        world.run_until(secs(20));
        world.check();
        assert_eq!(world.received.iter().map(|&(_, _, bytes)| bytes).sum::<usize>(), 20_000_000);
        for first in 0..world.received.len() {
            let (from, _, _) = world.received[first];
            let mut bits = 0;
            for &(at, _, bytes) in &world.received[first..] {
                bits += 8 * bytes as u64;
                let possible = (at - from).as_nanos() as u64 * 20 / 1000;
                assert!(bits <= possible + SEGMENT_BITS, "{bits} bits in {:?}", at - from);
            }
        }
    }
}
