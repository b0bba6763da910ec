//! What a sender may do, and what it may not.

use super::*;
use crate::event_queue::EventQueue;
use crate::network::{AccessLink, HostId, Network, NetworkConfig, NetworkEvent};

const P: u32 = PACKET_BYTES;

/// An end of some stream.
fn end() -> EndId {
    let mut network = Network::new(NetworkConfig::default(), 1);
    let mut queue: EventQueue<NetworkEvent> = EventQueue::new();
    let [from, to] = [(); 2].map(|()| network.add_host(AccessLink::symmetric(1)));
    network.connect(&mut queue, from, to)
}

fn sent(number: u32, packets: u32) -> PaceStep {
    PaceStep::Sent { number, bytes: packets * P }
}

fn acknowledged(packets: u32) -> PaceStep {
    PaceStep::Acknowledged { bytes: packets * P }
}

fn lost(number: u32, packets: u32) -> PaceStep {
    PaceStep::Lost { number, bytes: packets * P }
}

fn timed_out(packets: u32) -> PaceStep {
    PaceStep::TimedOut { bytes: packets * P }
}

/// Steps, each with the window after it in bytes: which one is the first that is not to be.
fn first_wrong(steps: &[(PaceStep, u32)]) -> Option<usize> {
    let (mut pacing, end) = (Pacing::default(), end());
    let take = |(step, window): &(PaceStep, u32)| {
        let pace = Pace { host: HostId(1), end, step: *step, window: *window };
        pacing.book(end).take(&pace)
    };
    steps.iter().map(take).position(|taken| taken.is_err())
}

#[test]
fn a_window_grows_by_no_more_than_what_was_acknowledged() {
    let first = 10 * P;
    for (steps, wrong) in [
        (&[(sent(0, 5), first), (acknowledged(5), first + 5 * P)][..], None),
        (&[(sent(0, 5), first), (acknowledged(5), first + 5 * P + 1)], Some(1)),
        (&[(sent(0, 5), first + 1)], Some(0)),
        (&[(sent(0, 5), first), (sent(1, 1), first + 1)], Some(1)),
        (&[(sent(0, 5), first / 2), (acknowledged(5), first)], None),
        (&[(sent(0, 5), first), (acknowledged(6), first)], Some(1)),
    ] {
        assert_eq!(first_wrong(steps), wrong, "{steps:?}");
    }
}

#[test]
fn a_loss_takes_three_tenths_once_for_all_that_was_under_way() {
    let ten = [(sent(0, 5), 10 * P), (sent(1, 5), 10 * P)];
    for (then, wrong) in [
        (&[(lost(0, 1), 7 * P)][..], None),
        (&[(lost(0, 1), 7 * P + 1)], Some(2)),
        (&[(lost(0, 1), 10 * P)], Some(2)),
        (&[(lost(0, 1), 7 * P), (lost(1, 1), 7 * P)], None),
        (&[(lost(0, 1), 7 * P), (lost(1, 1), 7 * P + 1)], Some(3)),
        (&[(lost(0, 5), 7 * P), (sent(2, 1), 7 * P), (lost(1, 1), 7 * P)], None),
        (&[(lost(0, 5), 7 * P), (sent(2, 1), 7 * P), (lost(2, 1), 7 * P)], Some(4)),
        (&[(lost(0, 5), 7 * P), (sent(2, 1), 7 * P), (lost(2, 1), 7 * P * 7 / 10)], None),
        (&[(timed_out(2), P)], None),
        (&[(timed_out(2), P + 1)], Some(2)),
        (&[(timed_out(2), P), (lost(0, 1), P)], None),
        (&[(timed_out(10), P), (sent(2, 1), P), (lost(2, 1), 2 * P)], None),
        (&[(timed_out(10), P), (sent(2, 1), P), (lost(2, 1), 2 * P + 1)], Some(4)),
        (&[(acknowledged(10), 10 * P), (sent(0, 1), 10 * P), (lost(0, 1), 10 * P)], Some(4)),
    ] {
        assert_eq!(first_wrong(&[&ten, then].concat()), wrong, "{then:?}");
    }
}

#[test]
fn no_more_is_in_flight_than_the_window_to_the_nearest_segment() {
    for (steps, wrong) in [
        (&[(sent(0, 10), 10 * P)][..], None),
        (&[(sent(0, 11), 10 * P)], Some(0)),
        (&[(sent(0, 1), 100)], None),
        (&[(sent(0, 6), 10 * P), (sent(1, 8), 10 * P)], None),
        (&[(sent(0, 6), 10 * P), (sent(1, 9), 10 * P)], Some(1)),
        (&[(sent(0, 10), 10 * P), (lost(0, 1), 7 * P), (sent(1, 1), 7 * P)], Some(2)),
        (&[(sent(0, 10), 10 * P), (lost(0, 1), 7 * P), (sent(1, 0), 7 * P)], None),
        (&[(sent(0, 10), 10 * P), (sent(0, 10), 10 * P)], None),
    ] {
        assert_eq!(first_wrong(steps), wrong, "{steps:?}");
    }
}

#[test]
fn an_end_that_takes_the_place_of_another_begins_anew() {
    let mut network = Network::new(NetworkConfig::default(), 1);
    let mut queue: EventQueue<NetworkEvent> = EventQueue::new();
    let [from, to] = [(); 2].map(|()| network.add_host(AccessLink::symmetric(1)));
    let old = network.connect(&mut queue, from, to);
    network.reset(&mut queue, old);
    while let Some((_, event)) = queue.pop() {
        network.handle(&mut queue, event);
    }
    let new = network.connect(&mut queue, from, to);
    assert_eq!(old.index(), new.index());
    let mut pacing = Pacing::default();
    pacing.book(old).window = P;
    assert_eq!(pacing.book(new).window, WINDOW_FIRST);
}
