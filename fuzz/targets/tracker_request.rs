//! Whatever is asked of the tracker, in whatever fragments: its answer is one that this client reads.
#![no_main]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use rand::SeedableRng;
use swarmlab_engine::random::Rng;
use swarmlab_engine::time::Time;
use swarmlab_engine::tracker::server::{RequestReader, ServerConfig};
use swarmlab_engine::tracker::{Answer, AnswerReader, TrackerServer};
use swarmlab_fuzz::reader::Reader;

/// Who asks: few, so that they meet again.
fn asker(number: u8) -> IpAddr {
    match number % 4 {
        0 => IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, u16::from(number))),
        1 => IpAddr::V6(Ipv4Addr::new(10, 0, 0, number).to_ipv6_mapped()),
        _ => IpAddr::V4(Ipv4Addr::new(10, 0, 0, number)),
    }
}

/// The request as the reader has it when its fragments are in.
fn gather(request: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut reader = RequestReader::new();
    request.chunks(length).find_map(|fragment| reader.push(fragment).ok().flatten())
}

fuzz_target!(|input: &[u8]| {
    let mut input = Reader::new(input);
    let mut server = TrackerServer::new(ServerConfig::default());
    let mut rng = Rng::seed_from_u64(1);
    let mut now = Time::ZERO;
    while !input.is_at_end() {
        now += Duration::from_secs(u64::from(input.byte()) * 10);
        let from = asker(input.byte());
        let length = usize::from(input.byte()).max(1);
        let query = input.bytes();
        let full = [b"GET /announce?", query, b" HTTP/1.0\r\n\r\n"].concat();
        for request in [query, &full] {
            assert_eq!(gather(request, length), gather(request, usize::MAX));
            let answer = server.answer(now, from, request, &mut rng);
            let read = AnswerReader::new().push(&answer);
            assert!(matches!(read, Ok(Some(Answer::Accepted(_) | Answer::Failure(_)))), "{read:?}");
        }
    }
});
