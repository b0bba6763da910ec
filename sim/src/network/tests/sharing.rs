//! How streams share a link.

use swarmlab_engine::time::Time;

use super::world::{BLOCK, BLOCK_ON_WIRE, World, config, secs};
use crate::network::{AccessLink, EndId};

const MEGABIT: u64 = 1_000_000;

fn rates(world: &World, ends: &[EndId], from: Time, until: Time) -> Vec<u64> {
    ends.iter().map(|&end| world.payload(end, from, until) / (until - from).as_secs()).collect()
}

/// Jain's index: 1 when all are equal, 1/n when one has it all.
fn fairness(rates: &[u64]) -> f64 {
    let sum: f64 = rates.iter().map(|&rate| rate as f64).sum();
    let squares: f64 = rates.iter().map(|&rate| (rate as f64).powi(2)).sum();
    sum * sum / (rates.len() as f64 * squares)
}

#[test]
fn streams_share_an_uplink_evenly() {
    for streams in 2..=8 {
        let mut world = World::new(config(60, 1 << 20));
        let [sender] = world.hosts([AccessLink::symmetric(20 * MEGABIT)]);
        let sinks = world.hosts([AccessLink::symmetric(100 * MEGABIT); 8]);
        let ends: Vec<_> =
            sinks[..streams].iter().map(|&sink| world.transfer(sender, sink, u64::MAX)).collect();
        world.run_until(secs(25));
        world.check();
        let rates = rates(&world, &ends, secs(5), secs(25));
        let share = 20 * MEGABIT / 8 * BLOCK as u64 / BLOCK_ON_WIRE as u64 / streams as u64;
        for rate in &rates {
            assert!(rate.abs_diff(share) * 20 <= share, "{streams} streams: {rates:?}, a share is {share}");
        }
    }
}

#[test]
fn streams_that_overrun_a_downlink_fill_it_and_share_it() {
    for (streams, queue_down_bytes) in [(2, 500_000), (4, 250_000), (8, 250_000), (8, 60_000)] {
        let mut world = World::new(config(60, 1 << 20));
        let slow = AccessLink { queue_down_bytes, ..AccessLink::symmetric(20 * MEGABIT) };
        let [sink] = world.hosts([slow]);
        let senders = world.hosts([AccessLink::symmetric(100 * MEGABIT); 8]);
        let ends: Vec<_> =
            senders[..streams].iter().map(|&host| world.transfer(host, sink, u64::MAX)).collect();
        world.run_until(secs(120));
        world.check();
        let rates = rates(&world, &ends, secs(20), secs(120));
        let limit = 20 * MEGABIT / 8 * BLOCK as u64 / BLOCK_ON_WIRE as u64;
        let total: u64 = rates.iter().sum();
        let (least, index) = (rates.iter().min(), fairness(&rates));
        assert!(total * 100 >= limit * 90, "{streams} over {queue_down_bytes}: {total} of {limit}");
        assert!(total * 1000 <= limit * 1010, "{streams} over {queue_down_bytes}: {total} of {limit}");
        assert!(index > 0.8 && least > Some(&0), "{streams} over {queue_down_bytes}: {index} of {rates:?}");
    }
}

#[test]
fn downloads_cost_a_busy_uplink_their_acknowledgements() {
    let mut world = World::new(config(40, 1 << 20));
    let adsl = AccessLink { up_bits_per_s: MEGABIT, ..AccessLink::symmetric(16 * MEGABIT) };
    let [home] = world.hosts([adsl]);
    let [near, far] = world.hosts([AccessLink::symmetric(100 * MEGABIT); 2]);
    let upload = world.transfer(home, near, u64::MAX);
    world.run_until(secs(10));
    let alone = world.payload(upload, secs(5), secs(10));
    world.transfer(far, home, u64::MAX);
    world.run_until(secs(30));
    world.check();
    // 6 packets of 66 bytes for a block, 116 blocks a second: 37% of the uplink.
    let beside = world.payload(upload, secs(20), secs(25));
    assert!((55..=75).contains(&(beside * 100 / alone)), "{beside} beside a download, {alone} alone");
}

#[test]
fn a_saturated_uplink_costs_about_two_events_a_segment() {
    let mut world = World::new(config(60, 1 << 20));
    let [sender] = world.hosts([AccessLink::symmetric(50 * MEGABIT)]);
    let sinks = world.hosts([AccessLink::symmetric(100 * MEGABIT); 5]);
    for sink in sinks {
        world.transfer(sender, sink, u64::MAX);
    }
    world.run_until(secs(5));
    let (events, segments) = (world.events.len(), world.received.len());
    world.run_until(secs(25));
    let events = world.events.len() - events;
    let segments = world.received.len() - segments;
    assert!(events * 10 <= segments * 21, "{events} events for {segments} segments");
}
