//! How streams begin and end.

use std::time::Duration;

use bytes::Bytes;

use super::world::{World, config, ms};
use crate::network::{AccessLink, CloseReason, EndId, HostId, Notice};

const LINK: AccessLink = AccessLink::symmetric(100_000_000);

fn world() -> (World, HostId, HostId) {
    let mut world = World::new(config(100, 1 << 20));
    let [a, b] = world.hosts([LINK; 2]);
    (world, a, b)
}

fn connected() -> (World, [HostId; 2], [EndId; 2]) {
    let (mut world, a, b) = world();
    let end = world.network.connect(&mut world.queue, a, b);
    world.run_until(ms(100));
    world.log.clear();
    (world, [a, b], [end, end.peer()])
}

fn send(world: &mut World, end: EndId, bytes: usize) {
    world.network.send(&mut world.queue, end, [Bytes::from(vec![7; bytes])]);
}

#[test]
fn the_set_up_takes_one_round_trip() {
    let (mut world, a, b) = world();
    let end = world.network.connect(&mut world.queue, a, b);
    world.run_for_secs(1);
    let incoming = Notice::Incoming { host: b, end: end.peer(), from: a };
    assert_eq!(world.log, [(ms(50), incoming), (ms(100), Notice::Connected { host: a, end })]);
}

#[test]
fn what_is_sent_before_the_set_up_waits_for_it() {
    let (mut world, a, b) = world();
    let end = world.network.connect(&mut world.queue, a, b);
    send(&mut world, end, 1);
    world.run_for_secs(1);
    let (at, to, bytes) = world.received[0];
    assert!(at > ms(150) && at < ms(151), "{at}");
    assert_eq!((to, bytes), (end.peer(), 1));
}

#[test]
fn a_host_that_is_down_refuses_after_one_round_trip() {
    let (mut world, a, b) = world();
    world.network.host_down(&mut world.queue, b);
    let end = world.network.connect(&mut world.queue, a, b);
    world.run_for_secs(1);
    assert_eq!(world.log, [(ms(100), Notice::Refused { host: a, end })]);
    world.network.host_up(b);
    world.network.connect(&mut world.queue, a, b);
    world.run_for_secs(1);
    assert!(matches!(world.log[2], (_, Notice::Connected { .. })));
}

#[test]
fn a_close_comes_after_the_last_byte() {
    let (mut world, [_, b], [near, far]) = connected();
    for _ in 0..4 {
        send(&mut world, near, 16_000);
    }
    world.network.close(&mut world.queue, near);
    assert_eq!(world.network.send_room(near), 0);
    world.run_for_secs(1);
    assert_eq!(world.received.iter().map(|&(_, _, bytes)| bytes).sum::<usize>(), 64_000);
    let (at, notice) = world.log.pop().expect("closed");
    assert_eq!(notice, Notice::Closed { host: b, end: far, reason: CloseReason::Finished });
    assert!(at >= world.received.last().expect("received").0);
    assert!(world.queue.is_empty());
    world.check();
}

#[test]
fn a_closed_end_hears_nothing_more() {
    let (mut world, [_, b], [near, far]) = connected();
    send(&mut world, far, 1000);
    world.network.close(&mut world.queue, near);
    world.run_for_secs(1);
    assert!(world.received.is_empty());
    assert_eq!(world.log.len(), 1);
    assert_eq!(world.log[0].1, Notice::Closed { host: b, end: far, reason: CloseReason::Finished });
}

#[test]
fn a_reset_loses_what_is_in_flight_and_takes_one_latency() {
    let (mut world, [_, b], [near, far]) = connected();
    send(&mut world, near, 1000);
    world.network.reset(&mut world.queue, near);
    world.run_for_secs(1);
    assert!(world.received.is_empty());
    let closed = Notice::Closed { host: b, end: far, reason: CloseReason::Reset };
    assert_eq!(world.log, [(ms(150), closed)]);
    world.check();
}

#[test]
fn a_host_that_leaves_resets_its_streams() {
    let (mut world, [a, b], [near, far]) = connected();
    send(&mut world, near, 1000);
    send(&mut world, far, 1000);
    world.network.host_down(&mut world.queue, b);
    world.run_for_secs(1);
    assert!(world.received.is_empty());
    let closed = Notice::Closed { host: a, end: near, reason: CloseReason::Reset };
    assert_eq!(world.log, [(ms(150), closed)]);
    world.check();
}

#[test]
fn a_stale_end_is_harmless() {
    let (mut world, [a, b], [near, far]) = connected();
    world.network.reset(&mut world.queue, near);
    world.run_for_secs(1);
    let again = world.network.connect(&mut world.queue, a, b);
    world.run_for_secs(1);
    world.log.clear();
    for stale in [near, far] {
        assert_eq!(world.network.send_room(stale), 0);
        send(&mut world, stale, 10);
        world.network.close(&mut world.queue, stale);
        world.network.reset(&mut world.queue, stale);
    }
    world.run_for_secs(1);
    assert!(world.log.is_empty() && world.network.send_room(again) > 0);
}

#[test]
fn a_full_end_becomes_writable_once() {
    let (mut world, [a, _], [near, _]) = connected();
    let room = world.network.send_room(near);
    assert_eq!(room, 64 << 10);
    for _ in 0..2 {
        while world.network.send_room(near) >= 16_000 {
            send(&mut world, near, 16_000);
        }
    }
    assert!(world.network.send_room(near) < 16_000);
    world.run_for_secs(3);
    let writable: Vec<_> =
        world.log.iter().filter(|(_, notice)| matches!(notice, Notice::Writable { .. })).collect();
    assert_eq!(writable.len(), 1);
    assert_eq!(writable[0].1, Notice::Writable { host: a, end: near });
    assert_eq!(world.network.send_room(near), room);
}

#[test]
fn a_chunk_comes_out_as_the_same_memory() {
    let (mut world, _, [near, _]) = connected();
    let chunk = Bytes::from(vec![7; 4000]);
    world.network.send(&mut world.queue, near, [chunk.clone()]);
    let mut data = None;
    while let Some((_, event)) = world.queue.pop() {
        world.network.handle(&mut world.queue, event);
        while let Some(notice) = world.network.poll() {
            if let Notice::Received { data: received, .. } = notice {
                data = Some(received);
            }
        }
    }
    let data = data.expect("received");
    assert_eq!((data.as_ptr(), data.len()), (chunk.as_ptr(), chunk.len()));
}

#[test]
fn a_host_may_connect_to_itself() {
    let (mut world, a, _) = world();
    let end = world.network.connect(&mut world.queue, a, a);
    send(&mut world, end, 100);
    world.run_for_secs(1);
    assert_eq!(world.received.len(), 1);
    world.network.host_down(&mut world.queue, a);
    world.run_for_secs(1);
    world.check();
}

#[test]
fn an_idle_stream_holds_no_buffers() {
    let (mut world, [a, b], [near, far]) = connected();
    for (end, after) in [(near, 300), (far, 600)] {
        send(&mut world, end, 68);
        world.run_until(ms(after));
    }
    // The next event of anybody sees to it.
    world.network.connect(&mut world.queue, a, b);
    world.run_until(ms(600) + Duration::from_secs(1));
    assert!(world.network.streams.flight(near).is_none() && world.network.streams.flight(far).is_none());
    world.check();
}
