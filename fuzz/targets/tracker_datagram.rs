//! Whatever comes by datagram, on either side: what is read is written again the same, the tracker answers what this
//! client reads and never with more than it was sent before it knows the sender, and the sender alone is announced.
#![no_main]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use rand::SeedableRng;
use swarmlab_engine::random::Rng;
use swarmlab_engine::time::Time;
use swarmlab_engine::tracker::TrackerServer;
use swarmlab_engine::tracker::server::{DATAGRAM_BYTES_MAX, ServerConfig};
use swarmlab_engine::tracker::udp::{Answer, Request, Said, Wants};
use swarmlab_fuzz::reader::Reader;

/// Who asks: few, so that they meet again.
fn asker(number: u8) -> SocketAddr {
    let ip = match number % 4 {
        0 => IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, u16::from(number))),
        1 => IpAddr::V6(Ipv4Addr::new(10, 0, 0, number).to_ipv6_mapped()),
        _ => IpAddr::V4(Ipv4Addr::new(10, 0, 0, number)),
    };
    SocketAddr::new(ip, 40_000)
}

fn check_codec(datagram: &[u8], from: SocketAddr) {
    if let Some(request) = Request::decode(datagram) {
        assert_eq!(Request::decode(&request.encode()), Some(request));
    }
    if let Some(answer) = Answer::decode(datagram, from) {
        assert_eq!(Answer::decode(&answer.encode(), from), Some(answer));
    }
}

fuzz_target!(|input: &[u8]| {
    let mut input = Reader::new(input);
    let mut server = TrackerServer::new(ServerConfig::default());
    let mut rng = Rng::seed_from_u64(1);
    let mut now = Time::ZERO;
    while !input.is_at_end() {
        now += Duration::from_secs(u64::from(input.byte()));
        let from = asker(input.byte());
        let is_known = input.byte() & 1 == 1;
        let mut datagram = input.bytes().to_vec();
        check_codec(&datagram, from);
        let canonical = SocketAddr::new(from.ip().to_canonical(), from.port());
        if is_known && datagram.len() >= 8 {
            let connect = Request { transaction: 1, wants: Wants::Connect }.encode();
            let answer =
                server.answer_datagram(now, from, &connect, &mut rng).expect("a connection is given");
            let Some(Answer { said: Said::Connected(id), .. }) = Answer::decode(&answer, canonical) else {
                panic!("{answer:?}");
            };
            datagram[..8].copy_from_slice(&id.to_be_bytes());
        }
        let Some(answer) = server.answer_datagram(now, from, &datagram, &mut rng) else { continue };
        assert!(answer.len() <= DATAGRAM_BYTES_MAX && (is_known || answer.len() <= datagram.len()));
        let read = Answer::decode(&answer, canonical).expect("the tracker speaks the protocol");
        assert_eq!(&datagram[12..16], read.transaction.to_be_bytes());
        if let Said::Announced { peers, .. } = read.said {
            assert!(peers.iter().all(|peer| (0..=255).any(|n| asker(n).ip().to_canonical() == peer.ip())));
        }
    }
});
