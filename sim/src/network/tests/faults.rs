//! Lost attempts, partitions, vanished hosts, applications that don't read.

use std::time::Duration;

use bytes::Bytes;

use super::world::{World, config, ms, secs};
use crate::network::{
    AccessLink, CloseReason, Disturbance, DisturbanceId, Effect, EndId, HostConfig, HostId, HostSet, Notice,
};

const LINK: AccessLink = AccessLink::symmetric(100_000_000);

fn world() -> (World, [HostId; 2]) {
    let mut world = World::new(config(100, 256 << 10));
    let hosts = world.hosts([LINK; 2]);
    (world, hosts)
}

fn connected() -> (World, [HostId; 2], [EndId; 2]) {
    let (mut world, [a, b]) = world();
    let end = world.network.connect(&mut world.queue, a, b);
    world.run_until(ms(100));
    world.log.clear();
    (world, [a, b], [end, end.peer()])
}

fn disturb(world: &mut World, from: HostId, to: HostId, effect: Effect) -> DisturbanceId {
    let (from, to) = (HostSet::from_iter([from]), HostSet::from_iter([to]));
    world.network.disturb(Disturbance { from, to, effect })
}

fn calm(world: &mut World, disturbance: DisturbanceId) {
    world.network.calm(&mut world.queue, disturbance);
    world.drain();
}

fn send(world: &mut World, end: EndId, bytes: usize) {
    world.network.send(&mut world.queue, end, [Bytes::from(vec![7; bytes])]);
}

#[test]
fn an_attempt_that_meets_silence_is_made_again_and_given_up_after_127_seconds() {
    for inbound in [true, false] {
        let mut world = World::new(config(100, 1 << 20));
        let [a] = world.hosts([LINK]);
        let b = world.network.add_host(HostConfig { takes_inbound: inbound, ..LINK.into() });
        if inbound {
            world.network.host_vanish(&mut world.queue, b);
        }
        let end = world.network.connect(&mut world.queue, a, b);
        world.run_for_secs(300);
        assert_eq!(world.log, [(secs(127), Notice::Refused { host: a, end })]);
        // The home router lets out what it doesn't let in.
        world.network.host_up(b);
        world.network.connect(&mut world.queue, b, a);
        world.run_for_secs(1);
        assert!(matches!(world.log[2], (_, Notice::Connected { .. })));
        world.check();
    }
}

#[test]
fn an_attempt_lost_either_way_succeeds_one_second_later() {
    for is_answer in [false, true] {
        let (mut world, [a, b]) = world();
        let (from, to) = if is_answer { (b, a) } else { (a, b) };
        let partition = disturb(&mut world, from, to, Effect::Blocked);
        let end = world.network.connect(&mut world.queue, a, b);
        world.run_until(ms(500));
        calm(&mut world, partition);
        world.run_for_secs(10);
        let incoming = Notice::Incoming { host: b, end: end.peer(), from: a };
        assert_eq!(world.log, [(ms(1050), incoming), (ms(1100), Notice::Connected { host: a, end })]);
    }
}

#[test]
fn an_attempt_abandoned_in_silence_leaves_nothing_behind() {
    let (mut world, [a, b]) = world();
    world.network.host_vanish(&mut world.queue, b);
    let end = world.network.connect(&mut world.queue, a, b);
    world.run_for_secs(2);
    world.network.close(&mut world.queue, end);
    world.run_for_secs(300);
    assert!(world.log.is_empty() && world.queue.is_empty() && world.network.streams.iter().count() == 0);
}

#[test]
fn a_stream_outlives_a_partition_of_any_length() {
    for outage_s in [1, 10, 100, 1000] {
        for direction in [[true, false], [false, true], [true, true]] {
            let (mut world, [a, b]) = world();
            let end = world.transfer(a, b, 10_000_000);
            world.run_until(secs(1));
            let mut partitions = Vec::new();
            for (is_cut, from, to) in [(direction[0], a, b), (direction[1], b, a)] {
                if is_cut {
                    partitions.push(disturb(&mut world, from, to, Effect::Blocked));
                }
            }
            world.run_until(ms(1200));
            let before = world.payload(end, ms(0), ms(1200));
            world.run_for_secs(outage_s);
            let through = world.payload(end, ms(0), world.queue.now()) - before;
            assert!(through <= 256 << 10, "{through} bytes through a partition");
            world.check();
            partitions.into_iter().for_each(|partition| calm(&mut world, partition));
            // The pause between two tries is no longer than the outage, and a minute at the most.
            world.run_for_secs(outage_s.min(60) + 20);
            assert_eq!(
                world.payload(end, ms(0), world.queue.now()),
                10_000_000,
                "{outage_s} s {direction:?}"
            );
            world.check();
        }
    }
}

#[test]
fn a_stream_gets_through_whatever_the_loss() {
    let (mut world, [a, b]) = world();
    let end = world.transfer(a, b, 200_000);
    world.run_until(ms(110));
    disturb(&mut world, a, b, Effect::Loss(0.8));
    world.run_until(secs(36_000));
    assert_eq!(world.payload(end, ms(0), world.queue.now()), 200_000);
    world.check();
}

#[test]
fn a_delay_is_met_by_what_is_sent_from_then_on() {
    let (mut world, [a, b], [near, far]) = connected();
    let detour = disturb(&mut world, a, b, Effect::Delay(Duration::from_millis(300)));
    send(&mut world, near, 1000);
    world.run_until(ms(1000));
    calm(&mut world, detour);
    send(&mut world, near, 1000);
    send(&mut world, far, 1000);
    world.run_until(ms(2000));
    let trips: Vec<_> = world.received.iter().map(|&(at, _, _)| at.as_nanos() / 1_000_000).collect();
    assert_eq!(trips, [450, 1050, 1050]);
}

#[test]
fn data_that_overtakes_the_acceptance_sets_the_stream_up() {
    let (mut world, [a, b]) = world();
    let detour = disturb(&mut world, b, a, Effect::Delay(Duration::from_secs(1)));
    let end = world.network.connect(&mut world.queue, a, b);
    send(&mut world, end, 10);
    world.run_until(ms(60));
    calm(&mut world, detour);
    send(&mut world, end.peer(), 20);
    world.run_for_secs(5);
    world.check();
    let received: Vec<_> = world.received.iter().map(|&(_, to, bytes)| (to, bytes)).collect();
    assert_eq!(received, [(end, 20), (end.peer(), 10)]);
    let connected = world.log.iter().filter(|(_, notice)| matches!(notice, Notice::Connected { .. }));
    assert_eq!(connected.count(), 1);
}

#[test]
fn a_vanished_host_is_silent_and_resets_old_streams_once_it_is_up_again() {
    let (mut world, [a, b], [near, far]) = connected();
    let again = world.network.connect(&mut world.queue, a, b);
    world.run_for_secs(1);
    world.log.clear();
    send(&mut world, far, 1000);
    world.network.host_vanish(&mut world.queue, b);
    for _ in 0..3 {
        send(&mut world, near, 10_000);
        world.run_for_secs(100);
    }
    assert!(world.log.is_empty() && world.received.is_empty(), "{:?}", world.log);
    world.network.host_up(b);
    world.run_for_secs(100);
    let closed = Notice::Closed { host: a, end: near, reason: CloseReason::Reset };
    assert_eq!(world.log.iter().map(|(_, notice)| notice).collect::<Vec<_>>(), [&closed]);
    // The other one has nothing to send, and doesn't know: it is half open.
    world.log.clear();
    world.run_for_secs(1000);
    assert!(world.log.is_empty() && world.network.send_room(again) > 0);
    send(&mut world, again, 1);
    world.run_for_secs(1);
    let closed = Notice::Closed { host: a, end: again, reason: CloseReason::Reset };
    assert_eq!(world.log.last().map(|(_, notice)| notice), Some(&closed));
    world.check();
}

#[test]
fn a_reset_that_meets_a_partition_is_lost_and_the_next_segment_gets_another() {
    let (mut world, [a, b], [near, far]) = connected();
    let partition = disturb(&mut world, b, a, Effect::Blocked);
    world.network.reset(&mut world.queue, far);
    world.run_for_secs(10);
    assert!(world.log.is_empty());
    calm(&mut world, partition);
    world.run_for_secs(10);
    assert!(world.log.is_empty());
    send(&mut world, near, 1);
    world.run_for_secs(1);
    assert!(matches!(world.log[..], [(_, Notice::Closed { reason: CloseReason::Reset, .. })]));
    world.check();
}

#[test]
fn an_application_that_does_not_read_stops_the_sender_at_the_window() {
    let (mut world, [a, b]) = world();
    let end = world.transfer(a, b, 2_000_000);
    world.run_until(ms(400));
    let before = world.payload(end, ms(0), ms(400));
    world.network.pause_reading(end.peer());
    world.run_for_secs(60);
    world.check();
    assert_eq!(world.payload(end, ms(0), world.queue.now()), before);
    let ledger = world.network.ledger();
    assert_eq!(
        (ledger.in_flight, ledger.delivered),
        (0, before + (256 << 10)),
        "the window is full, exactly"
    );
    let resumed_at = world.queue.now();
    world.network.resume_reading(&mut world.queue, end.peer());
    world.drain();
    assert_eq!(world.payload(end, ms(0), resumed_at), before + (256 << 10));
    world.run_for_secs(10);
    assert_eq!(world.payload(end, ms(0), world.queue.now()), 2_000_000);
    world.check();
}

#[test]
fn an_application_learns_of_the_end_when_it_has_read_everything() {
    let (mut world, [_, b], [near, far]) = connected();
    world.network.pause_reading(far);
    send(&mut world, near, 1000);
    world.network.close(&mut world.queue, near);
    world.run_for_secs(10);
    assert!(world.log.is_empty() && world.received.is_empty());
    world.check();
    world.network.resume_reading(&mut world.queue, far);
    world.drain();
    assert_eq!(world.received.len(), 1);
    let closed = Notice::Closed { host: b, end: far, reason: CloseReason::Finished };
    assert_eq!(world.log.last().map(|(_, notice)| notice), Some(&closed));
}
