//! What is seen by who looks at the packets of streams.

use std::time::Duration;

use bytes::Bytes;

use super::world::{World, config, secs};
use crate::network::{AccessLink, EndId, HostId, Sent, What};

const LINK: AccessLink = AccessLink::symmetric(10_000_000);
const CONTENT_BYTES: usize = 400_000;

/// Sends numbered bytes over a lossy link, closes, and looks at the packets of these hosts.
fn numbered(loss: f64, tapped: &[u32]) -> (World, Vec<Sent>) {
    let mut world = World::new(crate::network::NetworkConfig { loss, ..config(40, 256 << 10) });
    let [a, b, _] = world.hosts([LINK; 3]);
    if !tapped.is_empty() {
        world.network.tap(tapped.iter().map(|&host| HostId(host)));
    }
    let end = world.network.connect(&mut world.queue, a, b);
    let content: Bytes = (0..CONTENT_BYTES / 4).flat_map(|word| (word as u32).to_be_bytes()).collect();
    let mut seen = Vec::new();
    let mut at = 0;
    for second in 1..100 {
        let room = world.network.send_room(end).min(CONTENT_BYTES - at);
        world.network.send(&mut world.queue, end, [content.slice(at..at + room)]);
        at += room;
        if at == CONTENT_BYTES && room > 0 {
            world.network.close(&mut world.queue, end);
        }
        world.run_until(secs(second));
        seen.extend(std::iter::from_fn(|| world.network.poll_sent()));
    }
    assert_eq!(at, CONTENT_BYTES);
    world.check();
    (world, seen)
}

/// Puts segments together, those sent again over those that were before.
fn together(seen: &[Sent], end: EndId) -> Vec<u8> {
    let mut stream = Vec::new();
    for sent in seen.iter().filter(|sent| sent.end == end) {
        let What::Segment(chunks) = &sent.what else { continue };
        let (at, bytes) = (sent.sequence as usize, chunks.concat());
        assert!(at <= stream.len(), "nothing is left out");
        let known = stream.len().min(at + bytes.len());
        assert_eq!(stream[at..known], bytes[..known - at], "what is sent again is the same");
        stream.extend_from_slice(&bytes[known - at..]);
    }
    stream
}

#[test]
fn all_that_is_sent_is_seen_and_what_was_lost_is_seen_again() {
    for loss in [0.0, 0.02] {
        let (world, seen) = numbered(loss, &[0]);
        let end = seen[0].end;
        assert_eq!((&seen[0].what, seen[0].dialled), (&What::Attempt, true));
        let stream = together(&seen, end);
        let words = stream.chunks(4).map(|word| u32::from_be_bytes(word.try_into().unwrap()));
        assert!(stream.len() == CONTENT_BYTES && words.eq(0..CONTENT_BYTES as u32 / 4));
        let payload = |sent: &Sent| match &sent.what {
            What::Segment(chunks) => chunks.iter().map(Bytes::len).sum(),
            _ => 0,
        };
        let sent: usize = seen.iter().map(payload).sum();
        assert_eq!(sent as u64, world.network.ledger().sent);
        assert_eq!(sent > CONTENT_BYTES, loss > 0.0);

        let of = |own: EndId| seen.iter().filter(move |sent| sent.end == own);
        let last = of(end.peer()).next_back().expect("it is answered");
        assert_eq!((&last.what, last.acknowledged), (&What::End, CONTENT_BYTES as u64 + 1));
        assert!(of(end.peer()).is_sorted_by_key(|sent| (sent.at, sent.acknowledged)));
        assert!(seen.is_sorted_by_key(|sent| sent.at));
    }
}

#[test]
fn looking_changes_nothing_and_shows_only_who_is_looked_at() {
    let (looked_at, seen) = numbered(0.02, &[1]);
    assert!(!seen.is_empty());
    let (alone, nothing) = numbered(0.02, &[]);
    assert!(nothing.is_empty());
    assert_eq!(looked_at.events, alone.events);
    assert_eq!(numbered(0.02, &[2]).1, [], "the third host takes no part");
}

#[test]
fn whoever_does_not_read_says_how_much_room_is_left() {
    let mut world = World::new(config(40, 64 << 10));
    let [a, b] = world.hosts([LINK; 2]);
    world.network.tap([a]);
    let end = world.network.connect(&mut world.queue, a, b);
    world.run_until(secs(1));
    world.network.pause_reading(end.peer());
    world.network.send(&mut world.queue, end, [Bytes::from(vec![7; 60_000])]);
    world.run_for_secs(1);
    let windows = |world: &mut World| -> Vec<u32> {
        let seen: Vec<Sent> = std::iter::from_fn(|| world.network.poll_sent()).collect();
        seen.iter().filter(|sent| !sent.dialled).map(|sent| sent.window_bytes).collect()
    };
    let shrinking = windows(&mut world);
    assert!(shrinking.is_sorted_by(|a, b| a >= b), "{shrinking:?}");
    assert_eq!(shrinking.last(), Some(&((64 << 10) - 60_000)));
    world.network.resume_reading(&mut world.queue, end.peer());
    assert_eq!(windows(&mut world), [64 << 10]);
    world.run_until(world.queue.now() + Duration::from_secs(1));
}

#[test]
fn refusals_and_resets_are_seen() {
    let mut world = World::new(config(40, 64 << 10));
    let [a, b] = world.hosts([LINK; 2]);
    world.network.tap([a, b]);
    world.network.host_down(&mut world.queue, b);
    world.network.connect(&mut world.queue, a, b);
    world.run_for_secs(1);
    world.network.host_up(b);
    let end = world.network.connect(&mut world.queue, a, b);
    world.run_for_secs(1);
    world.network.reset(&mut world.queue, end);
    world.run_for_secs(1);
    let seen: Vec<What> = std::iter::from_fn(|| world.network.poll_sent()).map(|sent| sent.what).collect();
    use What::{Acceptance, Acknowledgement, Attempt, Refusal, Reset};
    assert_eq!(seen, [Attempt, Refusal, Attempt, Acceptance, Acknowledgement(None), Reset]);
}
