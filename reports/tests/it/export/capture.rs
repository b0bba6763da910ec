//! Captures: TCP's rules hold in them, and what they say is what the sockets took and gave.

use bytes::Bytes;
use swarmlab_engine::time::Time;
use swarmlab_engine::wire::{Decoder, Message};
use swarmlab_reports::export::{Capture, Extent, Output};
use swarmlab_sim::results::PeerRow;
use swarmlab_sim::world::{self, Options};

use super::packets::{Direction, Packet, SYN, read, streams};
use super::sockets::Sockets;
use super::{TROUBLED, observed, output, scenario};

const CALM: [&str; 1] = ["network.loss=0 %"];

fn capture(overrides: &[&str], peers: Option<&str>) -> (Vec<Packet>, Sockets, world::Outcome) {
    let (mut file, mut sockets) = (Vec::new(), Sockets::default());
    let mut capture = Capture::new(output(&mut file), peers.map(|peers| peers.parse().unwrap()));
    let scenario = scenario(TROUBLED, overrides);
    let outcome = observed(&scenario, vec![&mut capture, &mut sockets]);
    assert_eq!(capture.finish().unwrap(), Extent::Whole);
    (read(&file), sockets, outcome)
}

#[test]
fn streams_put_together_are_what_the_sockets_took_and_gave() {
    for overrides in [&[][..], &CALM] {
        let (packets, sockets, outcome) = capture(overrides, None);
        assert!(packets.is_sorted_by_key(|packet| packet.at));
        let streams = streams(&packets);
        assert_eq!(streams.len(), sockets.begun.len());
        let mut repeated = 0;
        for (stream, end) in streams.iter().zip(&sockets.begun) {
            let socket = &sockets.streams[end];
            assert_eq!(stream.sockets.map(|socket| *socket.ip()), socket.hosts.map(|host| *host.ip()));
            assert_eq!(stream.sockets[1], socket.hosts[1], "the port on which it listens");
            let with_tracker = stream.sockets[1].port() == 6969;
            for side in 0..2 {
                let Direction { bytes, repeated: again, .. } = &stream.directions[side];
                repeated += again;
                assert!(bytes.starts_with(&socket.heard[1 - side]), "nobody hears what was not sent");
                if !(with_tracker && side == 1) {
                    assert!(socket.said[side].starts_with(bytes), "nothing is sent that nobody said");
                }
            }
        }
        assert_eq!(repeated > 0, overrides.is_empty(), "what is lost is sent again, and nothing else");
        assert_eq!(outcome.facts.digest, world_without(overrides), "looking changes nothing");
    }
}

fn world_without(overrides: &[&str]) -> String {
    let scenario = scenario(TROUBLED, overrides);
    world::run(&scenario, Options::default(), &mut ()).unwrap().facts.digest
}

/// Requests, blocks and refusals in one direction of a stream.
fn messages(direction: &Direction) -> [usize; 3] {
    let mut decoder = Decoder::new(32);
    decoder.push(Bytes::from(direction.bytes.clone()));
    let mut counts = [0; 3];
    if decoder.handshake().is_none() {
        return counts;
    }
    while let Some(message) = decoder.message().unwrap() {
        match message {
            Message::Request(_) => counts[0] += 1,
            Message::Piece { .. } => counts[1] += 1,
            Message::RejectRequest(_) => counts[2] += 1,
            _ => {}
        }
    }
    counts
}

/// What a swarm has said in which nothing kept anything from being sent or answered, and the run itself.
fn counted(overrides: &[&str]) -> ([u64; 3], world::Outcome) {
    let nothing = ["network.loss=0 %", "events.sleep.at=199 s", "events.failure.at=199 s"];
    let (packets, _, outcome) = capture(&[&nothing, overrides].concat(), None);
    let streams = streams(&packets);
    let directions = streams.iter().filter(|stream| stream.sockets[1].port() == 6881);
    let counts = directions
        .flat_map(|stream| &stream.directions)
        .map(messages)
        .fold([0; 3], |sum, counts| std::array::from_fn(|kind| sum[kind] + counts[kind] as u64));
    (counts, outcome)
}

#[test]
fn messages_are_as_many_as_the_run_counts() {
    let blocks = |outcome: &world::Outcome, of: fn(&PeerRow) -> u64| {
        outcome.tables.peers.iter().map(of).sum::<u64>() / 16_384
    };
    let (pair, outcome) = counted(&["peers.leecher.count=1"]);
    assert_eq!(pair, [128, 128, 0]);
    assert_eq!(blocks(&outcome, |peer| peer.uploaded_bytes), 128);

    // Of what the last ones get in vain a block may be discarded in a socket, as its other side closes.
    let ([requests, sent, refusals], outcome) = counted(&[]);
    assert!(sent <= blocks(&outcome, |peer| peer.uploaded_bytes));
    assert!(sent >= blocks(&outcome, |peer| peer.downloaded_bytes));
    assert!(sent >= 5 * 128 && requests >= sent + refusals, "BEP 6: each request is answered at most once");
}

#[test]
fn only_the_connections_of_those_who_were_named() {
    let (all, ..) = capture(&CALM, None);
    let (some, ..) = capture(&CALM, Some("0,3-4"));
    let named = |packet: &Packet| {
        let ends = [packet.from.ip().octets()[3], packet.to.ip().octets()[3]];
        ends.iter().any(|&end| [2, 5, 6].contains(&end))
    };
    let times = |packets: &[Packet]| -> Vec<_> { packets.iter().map(|packet| packet.at).collect() };
    let wanted: Vec<Packet> = all.into_iter().filter(named).collect();
    assert_eq!(times(&some), times(&wanted));
    let names = ["tracker", "seed-0", "leecher-1", "leecher-2", "leecher-3", "leecher-4", "leecher-5"];
    for packet in &some {
        let name = names[usize::from(packet.from.ip().octets()[3]) - 1];
        assert_eq!(packet.interface, name, "the interface is its sender's");
    }
    assert!(some.iter().any(|packet| packet.has(SYN) && packet.interface == "leecher-3"));
}

#[test]
fn at_the_limit_it_ends_with_a_whole_packet() {
    let scenario = scenario(TROUBLED, &[]);
    let mut whole = Vec::new();
    let mut capture = Capture::new(output(&mut whole), None);
    observed(&scenario, vec![&mut capture]);
    capture.finish().unwrap();
    for limit in [0, 1, 100_000, 300_001] {
        let mut file = Vec::new();
        let mut capture = Capture::new(Output::new(&mut file, limit), None);
        observed(&scenario, vec![&mut capture]);
        let Extent::Until(at, bytes_max) = capture.finish().unwrap() else { panic!("the limit is not said") };
        assert_eq!(bytes_max, limit);
        assert!(at < Time::from_secs(200));
        assert!(whole.starts_with(&file), "what is there is what would be");
        // A segment is at most a unit: twelve packets.
        assert!(file.len() as u64 <= limit + 20_000);
        read(&file).iter().for_each(|packet| assert!(packet.at <= at.since(Time::ZERO)));
    }
}
