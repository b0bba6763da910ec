//! Datagrams: lost, late, out of order, and never more than the queues hold.

use std::time::Duration;

use bytes::Bytes;

use super::world::{World, config, ms};
use crate::network::{AccessLink, HostId, NetworkConfig, Notice, UplinkDiscipline};

fn send(world: &mut World, from: HostId, to: HostId, number: u32, bytes: usize) {
    let mut data = vec![0; bytes];
    data[..4].copy_from_slice(&number.to_be_bytes());
    world.network.send_datagram(&mut world.queue, from, to, data.into());
}

/// The numbers that arrived, and when, in milliseconds.
fn arrivals(world: &World) -> Vec<(u64, u32)> {
    let number = |data: &Bytes| u32::from_be_bytes(data[..4].try_into().expect("four bytes"));
    let arrivals = world.log.iter().filter_map(|(at, notice)| match notice {
        Notice::Datagram { data, .. } => Some((at.as_nanos() / 1_000_000, number(data))),
        _ => None,
    });
    arrivals.collect()
}

#[test]
fn a_datagram_takes_the_latency_of_its_direction() {
    let mut world = World::new(NetworkConfig { asymmetry: 0.5, ..config(100, 1 << 20) });
    let [a, b] = world.hosts([AccessLink::symmetric(1_000_000_000); 2]);
    send(&mut world, a, b, 1, 100);
    send(&mut world, b, a, 2, 100);
    world.run_for_secs(1);
    let arrivals = arrivals(&world);
    let (sum, difference) = (arrivals[0].0 + arrivals[1].0, arrivals[1].0 - arrivals[0].0);
    assert!((99..=100).contains(&sum) && (1..=50).contains(&difference), "{arrivals:?}");
    assert_eq!(world.network.ledger().delivered, 200);
}

#[test]
fn loss_and_jitter_lose_and_reorder_datagrams_and_leave_streams_in_order() {
    let jitter = Duration::from_millis(20);
    let mut world = World::new(NetworkConfig { jitter, loss: 0.1, ..config(100, 1 << 20) });
    let [a, b] = world.hosts([AccessLink::symmetric(1_000_000_000); 2]);
    for number in 0..2000 {
        send(&mut world, a, b, number, 100);
        world.run_until(ms(u64::from(number)));
        world.check();
    }
    world.run_for_secs(1);
    let arrivals = arrivals(&world);
    assert!((1740..=1860).contains(&arrivals.len()), "{} of 2000", arrivals.len());
    assert!(!arrivals.is_sorted_by_key(|&(_, number)| number));
    let trips: Vec<u64> =
        arrivals.iter().map(|&(at, number)| at - u64::from(number.saturating_sub(1))).collect();
    let mean = trips.iter().sum::<u64>() / trips.len() as u64;
    assert!(trips.iter().all(|trip| (50..=71).contains(trip)) && (59..=61).contains(&mean), "{mean}");
}

#[test]
fn an_uplink_holds_no_more_datagrams_than_its_queue() {
    for discipline_up in [UplinkDiscipline::Turns, UplinkDiscipline::TailDrop] {
        let mut world = World::new(config(100, 1 << 20));
        let slow = AccessLink { queue_up_bytes: 10_000, discipline_up, ..AccessLink::symmetric(1_000_000) };
        let [a, b] = world.hosts([slow; 2]);
        (0..100).for_each(|number| send(&mut world, a, b, number, 934));
        world.run_for_secs(10);
        let arrived = arrivals(&world).len();
        assert!((10..=11).contains(&arrived), "{arrived} of 100");
        let ledger = world.network.ledger();
        assert_eq!((ledger.sent, ledger.delivered), (93_400, arrived as u64 * 934));
        assert!(ledger.is_balanced() && ledger.in_flight == 0);
    }
}

#[test]
fn a_datagram_to_a_host_that_is_away_is_lost() {
    let mut world = World::new(config(100, 1 << 20));
    let [a, b] = world.hosts([AccessLink::symmetric(1_000_000_000); 2]);
    world.network.host_down(&mut world.queue, b);
    send(&mut world, a, b, 1, 100);
    world.run_for_secs(1);
    assert!(arrivals(&world).is_empty());
    assert_eq!(world.network.ledger().dropped, 100);
}
