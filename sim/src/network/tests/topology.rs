//! Shared links: who passes them, and what they carry; and rates that change.

use std::time::Duration;

use super::world::{BLOCK, BLOCK_ON_WIRE, World, config, ms, secs};
use crate::network::{AccessLink, Discipline, EndId, HostConfig, HostId, LinkId, NetworkConfig, SharedLink};

const MEGABIT: u64 = 1_000_000;

fn goodput(bits_per_s: u64) -> u64 {
    bits_per_s / 8 * BLOCK as u64 / BLOCK_ON_WIRE as u64
}

fn link(world: &mut World, up: u64, down: u64, behind: Option<LinkId>) -> LinkId {
    world.network.add_link(SharedLink {
        up_bits_per_s: up * MEGABIT,
        down_bits_per_s: down * MEGABIT,
        queue_up_bytes: 300_000,
        queue_down_bytes: 300_000,
        discipline: Discipline::TailDrop,
        latency: Duration::from_millis(3),
        loss: 0.0,
        behind,
    })
}

fn hosts<const N: usize>(world: &mut World, behind: Option<LinkId>) -> [HostId; N] {
    [(); N].map(|()| {
        let link = AccessLink { queue_down_bytes: 2 << 20, ..AccessLink::symmetric(100 * MEGABIT) };
        world.network.add_host(HostConfig { behind, ..link.into() })
    })
}

/// An ISP of 30 Mbit/s up and 40 down; two campuses behind it of 20 up and 10 down each.
struct Tree {
    world: World,
    core: [HostId; 4],
    near: [HostId; 4],
    far: [HostId; 4],
}

fn tree() -> Tree {
    let mut world = World::new(config(40, 1 << 20));
    let isp = link(&mut world, 30, 40, None);
    let [one, two] = [(); 2].map(|()| link(&mut world, 20, 10, Some(isp)));
    let core = hosts(&mut world, None);
    let (near, far) = (hosts(&mut world, Some(one)), hosts(&mut world, Some(two)));
    Tree { world, core, near, far }
}

/// Payload per second of all together, after a while.
fn rate(world: &mut World, ends: &[EndId]) -> u64 {
    world.run_until(secs(60));
    world.check();
    ends.iter().map(|&end| world.payload(end, secs(10), secs(60)) / 50).sum()
}

fn transfers(world: &mut World, from: &[HostId], to: &[HostId]) -> Vec<EndId> {
    from.iter().zip(to).map(|(&from, &to)| world.transfer(from, to, u64::MAX)).collect()
}

fn assert_carries(found: u64, megabits: u64) {
    let permille = found * 1000 / goodput(megabits * MEGABIT);
    assert!((950..=1003).contains(&permille), "{permille} permille of {megabits} Mbit/s");
}

#[test]
fn a_group_is_bounded_by_its_link_in_each_direction_at_each_level() {
    let Tree { mut world, core, near, .. } = tree();
    let up = transfers(&mut world, &near, &core);
    assert_carries(rate(&mut world, &up), 20);

    let Tree { mut world, core, near, .. } = tree();
    let down = transfers(&mut world, &core, &near);
    assert_carries(rate(&mut world, &down), 10);

    let Tree { mut world, core, near, far } = tree();
    let mut up = transfers(&mut world, &near, &core);
    up.extend(transfers(&mut world, &far, &core));
    assert_carries(rate(&mut world, &up), 30);
}

#[test]
fn what_stays_below_a_link_does_not_pass_it() {
    let Tree { mut world, near, .. } = tree();
    let [a, b, c, d] = near;
    let within = transfers(&mut world, &[a, b], &[c, d]);
    assert_carries(rate(&mut world, &within), 200);

    // Between the campuses: one's way up and the other's way down, not the ISP's, which is full of something else.
    let Tree { mut world, core, near, far } = tree();
    let between = transfers(&mut world, &near[..2], &far[..2]);
    transfers(&mut world, &near[2..], &core[..2]);
    transfers(&mut world, &far[2..], &core[2..]);
    world.run_until(secs(60));
    world.check();
    let passed = |(_, event): &(_, _)| match event {
        crate::network::NetworkEvent::Passage(LinkId(0), way) => Some(*way),
        _ => None,
    };
    assert!(world.events.iter().filter_map(passed).all(|way| way == crate::network::Way::Up));
    assert!(between.iter().all(|&end| world.payload(end, secs(10), secs(60)) > 0));
}

#[test]
fn links_add_their_latency() {
    let Tree { mut world, core, near, far } = tree();
    for (from, to, round_trip_ms) in [(near[0], core[0], 52), (near[0], near[1], 40), (near[0], far[0], 52)] {
        let began = world.queue.now();
        world.network.connect(&mut world.queue, from, to);
        world.run_for_secs(1);
        let (at, _) = world.log.last().expect("connected");
        assert_eq!((*at - began).as_millis(), round_trip_ms);
    }
}

#[test]
fn a_step_of_a_rate_shows_within_a_round_trip_and_loses_no_byte() {
    for is_up in [true, false] {
        let mut world = World::new(config(40, 256 << 10));
        let slow = AccessLink { queue_down_bytes: 1 << 20, ..AccessLink::symmetric(10 * MEGABIT) };
        let fast = AccessLink::symmetric(1000 * MEGABIT);
        let [a, b] = world.hosts(if is_up { [slow, fast] } else { [fast, slow] });
        let end = world.transfer(a, b, u64::MAX);
        let host = if is_up { a } else { b };
        for (step, megabits) in [(1_u64, 40), (2, 2), (3, 20)] {
            world.run_until(secs(10 * step));
            world.network.set_access_rates(&mut world.queue, host, megabits * MEGABIT, megabits * MEGABIT);
            world.check();
            let from = ms(10_000 * step + 40);
            world.run_until(secs(10 * step + 5));
            world.check();
            let found = world.payload(end, from, secs(10 * step + 5)) * 1000 / 4960;
            let permille = found * 1000 / goodput(megabits * MEGABIT);
            assert!((960..=1020).contains(&permille), "{megabits} Mbit/s: {permille} permille");
        }
        let ledger = world.network.ledger();
        assert!(ledger.is_balanced() && ledger.dropped == 0, "{ledger:?}");
    }
}

#[test]
fn a_step_of_a_shared_rate_shows_as_soon() {
    let mut world = World::new(NetworkConfig { ..config(40, 256 << 10) });
    let shared = link(&mut world, 10, 10, None);
    let ([from], [to]) = (hosts(&mut world, None), hosts(&mut world, Some(shared)));
    let end = world.transfer(from, to, u64::MAX);
    for (step, megabits) in [(1_u64, 40), (2, 2), (3, 20)] {
        world.run_until(secs(10 * step));
        world.network.set_link_rates(&mut world.queue, shared, MEGABIT, megabits * MEGABIT);
        world.check();
        world.run_until(secs(10 * step + 5));
        world.check();
        let found = world.payload(end, ms(10_000 * step + 46), secs(10 * step + 5)) * 1000 / 4954;
        let permille = found * 1000 / goodput(megabits * MEGABIT);
        assert!((960..=1020).contains(&permille), "{megabits} Mbit/s: {permille} permille");
    }
    assert_eq!(world.network.ledger().dropped, 0);
}
