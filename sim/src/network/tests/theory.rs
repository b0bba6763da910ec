//! The network against what is known about TCP.

use std::time::Duration;

use bytes::Bytes;
use swarmlab_engine::time::Time;

use super::world::{BLOCK, BLOCK_ON_WIRE, World, config, secs};
use crate::network::{
    AccessLink, Discipline, EndId, HostConfig, HostId, LinkId, NetworkConfig, Notice, SharedLink,
};

const MEGABIT: u64 = 1_000_000;

/// Payload per second of a link that carries nothing but blocks.
fn goodput(bits_per_s: u64) -> u64 {
    bits_per_s / 8 * BLOCK as u64 / BLOCK_ON_WIRE as u64
}

/// A link of so many bits a second both ways, with a queue of so many bytes.
fn shared(bits_per_s: u64, queue_bytes: u64, discipline: Discipline) -> SharedLink {
    SharedLink {
        up_bits_per_s: bits_per_s,
        down_bits_per_s: bits_per_s,
        queue_up_bytes: queue_bytes,
        queue_down_bytes: queue_bytes,
        discipline,
        latency: Duration::ZERO,
        loss: 0.0,
        behind: None,
    }
}

fn host(world: &mut World, megabits: u64, behind: Option<LinkId>) -> HostId {
    let link = AccessLink { queue_down_bytes: 10 << 20, ..AccessLink::symmetric(megabits * MEGABIT) };
    world.network.add_host(HostConfig { behind, ..link.into() })
}

/// Payload per second of one stream over a shared link in the middle of nothing, with a queue of one
/// bandwidth-delay product (at least 128 KiB), in permille of what the link carries.
fn lone_stream(round_trip_ms: u64) -> u64 {
    let rate = 50 * MEGABIT;
    let queue = (rate / 8 * round_trip_ms / 1000).max(128 << 10);
    let mut world = World::new(config(round_trip_ms, 16 << 20));
    let link = world.network.add_link(shared(rate, queue, Discipline::TailDrop));
    let (from, to) = (host(&mut world, 1000, None), host(&mut world, 1000, Some(link)));
    let end = world.transfer(from, to, u64::MAX);
    world.run_until(secs(140));
    world.check();
    world.payload(end, secs(20), secs(140)) * 1000 / 120 / goodput(rate)
}

#[test]
fn a_lone_stream_fills_a_shared_link_at_any_round_trip() {
    for round_trip_ms in [10, 50, 100, 200, 300] {
        let permille = lone_stream(round_trip_ms);
        println!("lone stream, {round_trip_ms} ms: {permille} permille");
        assert!((950..=1001).contains(&permille), "{round_trip_ms} ms: {permille} permille");
    }
}

/// Packets in flight on the average: CUBIC's response function, or Reno's where that gives more (RFC 9438, sections 5.1
/// and 4.3). Both take losses to come evenly; where they are random, the average is somewhat higher.
fn packets_expected(loss: f64, round_trip_s: f64) -> f64 {
    let cubic = (0.4 * 3.7 / (4.0 * 0.3_f64)).powf(0.25) * (round_trip_s / loss).powf(0.75);
    cubic.max((1.5 / loss).sqrt())
}

#[test]
fn a_lossy_path_carries_what_the_response_function_says() {
    for (round_trip_ms, loss) in [(20, 0.001), (20, 0.01), (20, 0.03), (100, 0.001), (100, 0.01), (100, 0.03)]
    {
        for unit_packets in [1, 12] {
            let config = NetworkConfig {
                loss,
                unit_bytes: unit_packets * NetworkConfig::MSS_BYTES,
                send_buffer_bytes: 4 * BLOCK as u32,
                ..config(round_trip_ms, 16 << 20)
            };
            let mut world = World::new(config);
            let [from, to] = world.hosts([AccessLink::symmetric(10_000 * MEGABIT); 2]);
            let end = world.transfer(from, to, u64::MAX);
            let spell = 20 * round_trip_ms;
            world.run_until(secs(spell + 5));
            world.check();
            let rate = world.payload(end, secs(5), secs(spell + 5)) as f64 / spell as f64;
            let round_trip_s = round_trip_ms as f64 / 1000.0;
            let packets = rate * round_trip_s / f64::from(NetworkConfig::MSS_BYTES);
            let ratio = packets / packets_expected(loss, round_trip_s);
            let what =
                format!("loss {loss}, {round_trip_ms} ms, units of {unit_packets}: {packets:.1} packets");
            println!("{what}, {ratio:.2} of what is expected");
            assert!((0.75..=1.35).contains(&ratio), "{what}, {ratio:.2} of what is expected");
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bottleneck {
    /// The sender's uplink, whose streams take turns.
    Turns,
    Shared(Discipline),
}

/// Streams over one bottleneck for so long: how far the one farthest from the mean is off, and how much of the
/// bottleneck they use, both in permille. A millisecond of jitter keeps them from marching in step, as packets of
/// simulated streams else do (Floyd and Jacobson 1992).
fn sharing(streams: usize, bottleneck: Bottleneck, spell_s: u64) -> (u64, u64) {
    let (rate, round_trip_ms) = (40 * MEGABIT, 50);
    let config = NetworkConfig { jitter: Duration::from_millis(1), ..config(round_trip_ms, 4 << 20) };
    let mut world = World::new(config);
    let ends: Vec<EndId> = match bottleneck {
        Bottleneck::Turns => {
            let sender = host(&mut world, 40, None);
            let sinks: Vec<_> = (0..streams).map(|_| host(&mut world, 1000, None)).collect();
            sinks.into_iter().map(|sink| world.transfer(sender, sink, u64::MAX)).collect()
        }
        Bottleneck::Shared(discipline) => {
            let queue = rate / 8 * round_trip_ms / 1000;
            let link = world.network.add_link(shared(rate, queue, discipline));
            let pair = |world: &mut World| [host(world, 1000, None), host(world, 1000, Some(link))];
            let pairs: Vec<_> = (0..streams).map(|_| pair(&mut world)).collect();
            pairs.into_iter().map(|[from, to]| world.transfer(from, to, u64::MAX)).collect()
        }
    };
    world.run_until(secs(20 + spell_s));
    world.check();
    let rates: Vec<u64> =
        ends.iter().map(|&end| world.payload(end, secs(20), secs(20 + spell_s)) / spell_s).collect();
    let total: u64 = rates.iter().sum();
    let mean = total / streams as u64;
    let off = rates.iter().map(|rate| rate.abs_diff(mean) * 1000 / mean).max().unwrap_or(0);
    (off, total * 1000 / goodput(rate))
}

#[test]
fn streams_of_equal_round_trips_share_a_bottleneck() {
    use Discipline::{CoDel, TailDrop};
    // Where chance decides who loses, an hour makes up for it.
    for (bottleneck, spell_s) in
        [(Bottleneck::Turns, 60), (Bottleneck::Shared(TailDrop), 3600), (Bottleneck::Shared(CoDel), 600)]
    {
        for streams in [2, 4, 8] {
            let (off, used) = sharing(streams, bottleneck, spell_s);
            println!("{streams} streams, {bottleneck:?}: off by {off} permille, {used} permille used");
            assert!(off <= 50 && (950..=1001).contains(&used), "{streams}, {bottleneck:?}: {off}, {used}");
        }
    }
}

/// Median and 95th percentile of a datagram's trip beside four streams, in milliseconds.
fn trip_beside_streams(discipline: Discipline) -> [u64; 2] {
    let rate = 40 * MEGABIT;
    let mut world = World::new(config(40, 4 << 20));
    let link = world.network.add_link(shared(rate, rate / 8 / 5, discipline));
    for _ in 0..4 {
        let (from, to) = (host(&mut world, 1000, None), host(&mut world, 1000, Some(link)));
        world.transfer(from, to, u64::MAX);
    }
    let (from, to) = (host(&mut world, 1000, None), host(&mut world, 1000, Some(link)));
    world.run_until(secs(20));
    for tenth in 1..=600 {
        let sent_at = Bytes::copy_from_slice(&world.queue.now().as_nanos().to_be_bytes());
        world.network.send_datagram(&mut world.queue, from, to, sent_at);
        world.run_until(secs(20) + Duration::from_millis(100 * tenth));
    }
    let trip = |(at, notice): &(Time, Notice)| {
        let Notice::Datagram { data, .. } = notice else { return None };
        let sent_at = u64::from_be_bytes(data[..].try_into().ok()?);
        Some((at.as_nanos() - sent_at) / 1_000_000)
    };
    let mut trips: Vec<u64> = world.log.iter().filter_map(trip).collect();
    trips.sort_unstable();
    [trips[trips.len() / 2], trips[trips.len() * 95 / 100]]
}

#[test]
fn codel_holds_the_standing_queue_near_five_milliseconds_where_tail_drop_fills_it() {
    // Twenty milliseconds are the path's own.
    let codel = trip_beside_streams(Discipline::CoDel);
    let tail_drop = trip_beside_streams(Discipline::TailDrop);
    println!("median and 95th percentile of the trip: CoDel {codel:?} ms, tail drop {tail_drop:?} ms");
    assert!((20..=30).contains(&codel[0]) && codel[1] <= 50, "{codel:?}");
    assert!(tail_drop[0] >= 130, "{tail_drop:?}");
}

/// How long 20 MB to a host behind a queue of `queue_bytes` take, in milliseconds.
fn duration_ms(unit_bytes: u32, queue_bytes: u64) -> u64 {
    let config = NetworkConfig { unit_bytes, send_buffer_bytes: 4 * BLOCK as u32, ..config(40, 1 << 20) };
    let mut world = World::new(config);
    let slow = AccessLink { queue_down_bytes: queue_bytes, ..AccessLink::symmetric(4 * MEGABIT) };
    let sink = world.network.add_host(slow);
    let senders = world.hosts([AccessLink::symmetric(50 * MEGABIT); 4]);
    let ends: Vec<_> = senders.iter().map(|&from| world.transfer(from, sink, 5_000_000)).collect();
    while world.received.iter().map(|&(_, _, bytes)| bytes).sum::<usize>() < 20_000_000 {
        world.run_until(world.queue.now() + Duration::from_secs(1));
    }
    assert_eq!(ends.len(), 4);
    world.received.last().map_or(0, |&(at, _, _)| at.as_nanos() / 1_000_000)
}

#[test]
fn coarse_units_are_nearly_as_fast_as_packets_through_a_small_queue() {
    for queue_bytes in [40_000, 64_000, 128_000, 256_000] {
        let [fine, coarse] =
            [1, 12].map(|packets| duration_ms(packets * NetworkConfig::MSS_BYTES, queue_bytes));
        println!("queue {queue_bytes}: {fine} ms by the packet, {coarse} ms by the unit");
        assert!(fine.abs_diff(coarse) * 10 <= fine, "queue {queue_bytes}: {fine} ms, {coarse} ms");
    }
}
