//! Announces: this client and this tracker with each other, other trackers' answers, and bad input to both.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use proptest::prelude::*;
use rand_xoshiro::rand_core::SeedableRng;
use swarmlab_engine::bencode::Tree;
use swarmlab_engine::metainfo::InfoHash;
use swarmlab_engine::random::Rng;
use swarmlab_engine::time::Time;
use swarmlab_engine::tracker::server::{Access, RequestReader, ServerConfig};
use swarmlab_engine::tracker::{
    ANSWER_BYTES_MAX, AnnounceRequest, AnnounceResponse, Answer, AnswerError, AnswerReader, Event,
    HEAD_BYTES_MAX, INTERVAL_MAX, INTERVAL_MIN, PEERS_MAX, TrackerServer, TrackerUrl,
};
use swarmlab_engine::wire::PeerId;

const HASH: InfoHash = InfoHash([0xa7; 20]);

fn request(port: u16) -> AnnounceRequest {
    AnnounceRequest {
        info_hash: HASH,
        peer_id: PeerId(*b"-SL0100-abc &=%\0\xff012"),
        port,
        uploaded: 0,
        downloaded: 0,
        left: 1,
        event: None,
        numwant: None,
        key: None,
        tracker_id: None,
    }
}

fn url(text: &str) -> TrackerUrl {
    text.parse().unwrap()
}

fn read(http: &[u8]) -> Result<Answer, AnswerError> {
    let mut reader = AnswerReader::new();
    match reader.push(http)? {
        Some(answer) => Ok(answer),
        None => reader.finish(),
    }
}

fn read_body(body: &[u8]) -> Result<Answer, AnswerError> {
    read(&[b"HTTP/1.0 200 OK\r\n\r\n", body].concat())
}

fn read_fields<'a>(
    fields: impl IntoIterator<Item = (&'a str, Tree<'a>)>,
) -> Result<AnnounceResponse, AnswerError> {
    match read_body(&Tree::dict(fields).encode())? {
        Answer::Accepted(response) => Ok(response),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_request_is_these_bytes() {
    let plain = String::from_utf8(request(6881).to_http(&url("http://t.example/announce"))).unwrap();
    let hash = "%A7".repeat(20);
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        plain,
        format!(
            "GET /announce?info_hash={hash}&peer_id=-SL0100-abc%20%26%3D%25%00%FF012&port=6881&uploaded=0\
             &downloaded=0&left=1&compact=1 HTTP/1.0\r\nHost: t.example\r\nUser-Agent: swarmlab/{version}\r\n\
             Accept: */*\r\nConnection: close\r\n\r\n"
        )
    );
    let all = AnnounceRequest {
        event: Some(Event::Started),
        numwant: Some(80),
        key: Some(0xbeef),
        tracker_id: Some(b"x&y".to_vec()),
        ..request(1)
    };
    let text = String::from_utf8(all.to_http(&url("http://[::1]:8080/a?passkey=1"))).unwrap();
    assert!(text.starts_with("GET /a?passkey=1&info_hash=%A7"));
    assert!(
        text.contains(
            "&event=started&numwant=80&key=0000beef&trackerid=x%26y HTTP/1.0\r\nHost: [::1]:8080\r\n"
        )
    );
}

#[test]
fn every_framing_gives_the_same_answer() {
    let body = b"d8:completei3e8:intervali900e5:peers6:\x0a\0\0\x01\x1a\xe110:tracker id2:ide";
    let expected = read_body(body).unwrap();
    let Answer::Accepted(response) = &expected else { panic!() };
    assert_eq!(response.interval, Duration::from_secs(900));
    assert_eq!((response.complete, response.incomplete), (Some(3), None));
    assert_eq!(response.peers, ["10.0.0.1:6881".parse().unwrap()]);
    assert_eq!(response.tracker_id.as_deref(), Some(&b"id"[..]));
    let length = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    let (one, two) = body.split_at(10);
    let chunks = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x};ext=1\r\n", one.len());
    let between = format!("\r\n{:02X}\r\n", two.len());
    let framings = [
        [b"HTTP/1.0 200 OK\n\n", &body[..]].concat(),
        [length.as_bytes(), body].concat(),
        [length.as_bytes(), body, b"beyond"].concat(),
        [chunks.as_bytes(), one, between.as_bytes(), two, b"\r\n0\r\nTrailer: 1\r\n\r\n"].concat(),
    ];
    for http in framings {
        assert_eq!(read(&http).as_ref(), Ok(&expected), "{}", http.escape_ascii());
        let mut reader = AnswerReader::new();
        let bytewise = http.iter().find_map(|byte| reader.push(&[*byte]).unwrap());
        assert_eq!(bytewise.map_or_else(|| reader.finish(), Ok).as_ref(), Ok(&expected));
        assert!(read(&http[..30]).is_err());
    }
}

#[test]
fn answers_that_are_not_the_usual() {
    assert_eq!(read_body(b"d14:failure reason4:busye"), Ok(Answer::Failure("busy".into())));
    let refused = b"HTTP/1.0 403 No\r\n\r\nd14:failure reason4:busye";
    assert_eq!(read(refused), Ok(Answer::Failure("busy".into())));
    assert_eq!(read(b"HTTP/1.0 500 No\r\n\r\n<html>"), Err(AnswerError::Status(500)));
    assert_eq!(read(b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nde"), Err(AnswerError::Truncated));
    assert_eq!(
        read(b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n"),
        Err(AnswerError::Header("Content-Encoding"))
    );
    let redirect = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(read(redirect), Ok(Answer::Redirect("/b".into())));
    assert_eq!(read(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"), Err(AnswerError::Status(302)));
    let twice = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n";
    assert_eq!(read(twice), Err(AnswerError::Header("Content-Length")));
    for (bad, error) in [("x\r\n", AnswerError::Chunk), ("ffffffffffffffffff\r\n", AnswerError::Chunk)] {
        let http = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{bad}");
        assert_eq!(read(http.as_bytes()), Err(error));
    }
}

#[test]
fn an_answer_without_end_is_cut_at_a_limit() {
    let head = b"HTTP/1.0 200 OK\r\nX: ".to_vec();
    assert_eq!(read(&[head, vec![b'x'; HEAD_BYTES_MAX]].concat()), Err(AnswerError::HeadTooLong));
    assert_eq!(read_body(&vec![b'l'; ANSWER_BYTES_MAX + 1]), Err(AnswerError::TooLong));
    let declared = format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n", ANSWER_BYTES_MAX + 1);
    assert_eq!(read(declared.as_bytes()), Err(AnswerError::TooLong));
    let mut reader = AnswerReader::new();
    assert_eq!(reader.push(b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), Ok(None));
    let chunks = b"1\r\nx\r\n".repeat(10_000);
    let end = std::iter::repeat_with(|| reader.push(&chunks)).find(Result::is_err);
    assert_eq!(end, Some(Err(AnswerError::TooLong)));
}

#[test]
fn intervals_are_kept_within_bounds() {
    let interval = |seconds: i64| {
        let response =
            read_fields([("interval", Tree::Int(seconds)), ("min interval", Tree::Int(600))]).unwrap();
        assert!(response.min_interval.unwrap() <= response.interval);
        response.interval
    };
    for (seconds, kept) in
        [(0, INTERVAL_MIN), (-1, INTERVAL_MIN), (i64::MIN, INTERVAL_MIN), (1 << 31, INTERVAL_MAX)]
    {
        assert_eq!(interval(seconds), kept, "{seconds}");
    }
    assert_eq!(interval(1800), Duration::from_secs(1800));
}

#[test]
fn peer_lists_are_cleaned_and_capped() {
    let peers = |peers: Tree<'_>| read_fields([("peers", peers)]).map(|response| response.peers);
    assert_eq!(peers(Tree::from(vec![1; 5])), Err(AnswerError::Field("peers")));
    assert_eq!(peers(Tree::Int(1)), Err(AnswerError::Field("peers")));
    assert_eq!(peers(Tree::from("")), Ok(vec![]));
    let odd = b"\x0a\0\0\x01\0\0\x0a\0\0\x01\0\x05\x0a\0\0\x01\0\x05\0\0\0\0\0\x05\xff\xff\xff\xff\0\x05";
    assert_eq!(peers(Tree::from(&odd[..])), Ok(vec!["10.0.0.1:5".parse().unwrap()]));
    let many =
        (0..PEERS_MAX as u32 + 9).flat_map(|n| [&(0x0a00_0000 + n).to_be_bytes()[..], &[0, 5]].concat());
    assert_eq!(peers(Tree::from(many.collect::<Vec<u8>>())).unwrap().len(), PEERS_MAX);
    let dict = |ip: &'static str, port: i64| Tree::dict([("ip", Tree::from(ip)), ("port", Tree::Int(port))]);
    let list =
        [dict("10.0.0.1", 5), dict("::1", 6), dict("a.example", 7), dict("10.0.0.2", 65_536), Tree::Int(1)];
    let expected = ["10.0.0.1:5", "[::1]:6"].map(|peer| peer.parse().unwrap());
    assert_eq!(peers(Tree::list(list)), Ok(expected.to_vec()));
    let mapped = "::ffff:10.0.0.1".parse::<std::net::Ipv6Addr>().unwrap().octets();
    let v6 = [&mapped[..], &[0, 5], &[0x20; 16], &[0, 6]].concat();
    let response =
        read_fields([("peers", Tree::from(&odd[6..12])), ("peers6", Tree::from(&v6[..]))]).unwrap();
    assert_eq!(response.peers.len(), 2, "a mapped address is the same peer");
    assert_eq!(read_fields([("peers6", Tree::from(vec![1; 19]))]), Err(AnswerError::Field("peers6")));
}

/// A tracker and what is asked of it.
struct Exchange {
    server: TrackerServer,
    now: Time,
    rng: Rng,
}

impl Exchange {
    fn new(config: ServerConfig) -> Exchange {
        Exchange { server: TrackerServer::new(config), now: Time::ZERO, rng: Rng::seed_from_u64(1) }
    }

    fn announce(&mut self, from: IpAddr, request: &AnnounceRequest) -> AnnounceResponse {
        let mut reader = RequestReader::new();
        let bytes = request.to_http(&url("http://t/announce"));
        let (begin, end) = bytes.split_at(bytes.len() / 2);
        assert_eq!(reader.push(begin), Ok(None));
        let head = reader.push(end).unwrap().unwrap();
        match read(&self.server.answer(self.now, from, &head, &mut self.rng)) {
            Ok(Answer::Accepted(response)) => response,
            other => panic!("{other:?}"),
        }
    }

    fn raw(&mut self, request: &str) -> Result<Answer, AnswerError> {
        read(&self.server.answer(self.now, ip(1), request.as_bytes(), &mut self.rng))
    }
}

fn ip(n: u32) -> IpAddr {
    Ipv4Addr::from(0x0a00_0000 + n).into()
}

#[test]
fn bad_requests_are_told_why() {
    let mut exchange = Exchange::new(ServerConfig {
        access: Access { torrents: Some(BTreeSet::new()), peers: None },
        ..ServerConfig::default()
    });
    let hash = "%A7".repeat(20);
    let ids = format!("info_hash={hash}&peer_id={hash}");
    for (request, reason) in [
        ("nonsense\r\n\r\n".into(), "not an HTTP request"),
        ("POST /announce HTTP/1.0\r\n\r\n".into(), "only GET is served"),
        ("GET /stats HTTP/1.0\r\n\r\n".into(), "only /announce and /scrape are served"),
        ("GET /announcement HTTP/1.0\r\n\r\n".into(), "only /announce and /scrape are served"),
        ("GET /scrape HTTP/1.0\r\n\r\n".into(), "a scrape names its torrents here"),
        ("GET /scrape?info_hash=%A7 HTTP/1.0\r\n\r\n".into(), "invalid info_hash"),
        (format!("GET /announce/%ff?{ids}&port=1&left=1 HTTP/1.0\r\n\r\n"), "invalid key"),
        (format!("GET /announce/{}?{ids}&port=1&left=1 HTTP/1.0\r\n\r\n", "k".repeat(129)), "invalid key"),
        ("GET /announce HTTP/1.0\r\n\r\n".into(), "invalid info_hash"),
        ("GET /announce?info_hash=%A7 HTTP/1.0\r\n\r\n".into(), "invalid info_hash"),
        (format!("GET /announce?info_hash={hash}&peer_id=%zz HTTP/1.0\r\n\r\n"), "invalid peer_id"),
        (format!("GET /announce?{ids}&port=0&left=1 HTTP/1.0\r\n\r\n"), "invalid port"),
        (format!("GET /announce?{ids}&port=1&left=-1 HTTP/1.0\r\n\r\n"), "invalid left"),
        (format!("GET /announce?{ids}&port=1&left=1&event=x HTTP/1.0\r\n\r\n"), "invalid event"),
        (format!("GET /announce?{ids}&port=1&left=1 HTTP/1.0\r\n\r\n"), "unregistered torrent"),
    ] {
        assert_eq!(exchange.raw(&request), Ok(Answer::Failure(reason.into())), "{request}");
    }
    assert!(RequestReader::new().push(&[b'x'; HEAD_BYTES_MAX]).is_err());
}

#[test]
fn both_address_families_meet() {
    let mut exchange = Exchange::new(ServerConfig::default());
    let v6: IpAddr = "2001:db8::1".parse().unwrap();
    assert!(exchange.announce(v6, &request(1)).peers.is_empty());
    assert_eq!(exchange.announce(ip(1), &request(2)).peers, [SocketAddr::new(v6, 1)]);
    assert_eq!(exchange.announce(v6, &request(1)).peers, [SocketAddr::new(ip(1), 2)]);
}

#[test]
fn every_peer_is_given_out_equally_often() {
    let mut exchange = Exchange::new(ServerConfig::default());
    for n in 0..40 {
        exchange.announce(ip(n), &request(1));
    }
    let mut given = BTreeMap::new();
    for _ in 0..2_000 {
        for (rank, peer) in exchange
            .announce(ip(7), &AnnounceRequest { numwant: Some(10), ..request(1) })
            .peers
            .iter()
            .enumerate()
        {
            let (times, first) = given.entry(*peer).or_insert((0, 0));
            *times += 1;
            *first += u32::from(rank == 0);
        }
    }
    assert_eq!(given.len(), 39);
    // Expected 513 times with a deviation of 20, and 51 times first with a deviation of 7.
    assert!(given.values().all(|(times, first)| (413..613).contains(times) && (16..86).contains(first)));
}

#[derive(Clone, Debug)]
struct Step {
    host: u32,
    seconds: u64,
    left: u64,
    event: Option<Event>,
    numwant: Option<u32>,
}

fn step() -> impl Strategy<Value = Step> {
    let event = prop_oneof![
        Just(None),
        Just(Some(Event::Started)),
        Just(Some(Event::Completed)),
        Just(Some(Event::Stopped))
    ];
    (0u32..8, 0u64..60, 0u64..2, event, prop_oneof![Just(None), (0u32..8).prop_map(Some)])
        .prop_map(|(host, seconds, left, event, numwant)| Step { host, seconds, left, event, numwant })
}

proptest! {
    #[test]
    fn the_tracker_knows_who_is_there(steps in prop::collection::vec(step(), 1..80)) {
        let config = ServerConfig {
            interval: Duration::from_secs(60), peers_default: 4, peers_max: 6, ..ServerConfig::default()
        };
        let mut exchange = Exchange::new(config);
        let mut model: BTreeMap<u32, (u64, bool)> = BTreeMap::new();
        let mut seconds = 0;
        for step in steps {
            seconds += step.seconds;
            exchange.now = Time::from_secs(seconds);
            model.retain(|_, (heard, _)| *heard + 120 > seconds);
            let stopped = step.event == Some(Event::Stopped);
            if stopped {
                model.remove(&step.host);
            } else {
                model.insert(step.host, (seconds, step.left == 0));
            }
            let announce = AnnounceRequest { left: step.left, event: step.event, numwant: step.numwant, ..request(1) };
            let response = exchange.announce(ip(step.host), &announce);
            let seeds = model.values().filter(|(_, seed)| *seed).count() as u32;
            prop_assert_eq!(response.complete, Some(seeds));
            prop_assert_eq!(response.incomplete, Some(model.len() as u32 - seeds));
            let others: BTreeSet<_> = model.keys().filter(|host| **host != step.host).map(|host| SocketAddr::new(ip(*host), 1)).collect();
            let wanted = if stopped { 0 } else { step.numwant.unwrap_or(4).min(6) as usize };
            prop_assert_eq!(response.peers.len(), wanted.min(others.len()));
            // The reader has dropped what stood twice, so the length above says that nothing did.
            prop_assert!(response.peers.iter().all(|peer| others.contains(peer)));
        }
    }

    #[test]
    fn arbitrary_answers_and_requests_do_no_harm(bytes: Vec<u8>, cut in any::<prop::sample::Index>()) {
        for head in [&b""[..], b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"] {
            let http = [head, &bytes].concat();
            let mut reader = AnswerReader::new();
            let (one, two) = http.split_at(cut.index(http.len() + 1));
            let pushed = reader.push(one).and_then(|answer| match answer {
                Some(answer) => Ok(Some(answer)),
                None => reader.push(two),
            });
            let split = pushed.and_then(|answer| answer.map_or_else(|| reader.finish(), Ok));
            prop_assert_eq!(split, read(&http));
        }
        let mut exchange = Exchange::new(ServerConfig::default());
        let answer = exchange.server.answer(Time::ZERO, ip(1), &bytes, &mut exchange.rng);
        prop_assert!(matches!(read(&answer), Ok(Answer::Failure(_))));
    }

    #[test]
    fn arbitrary_urls_do_no_harm(text in "(http://)?[a-z0-9:/?#@.%\\[\\] -]{0,40}|\\PC{0,20}") {
        if let Ok(url) = text.parse::<TrackerUrl>() {
            let request = String::from_utf8(request(1).to_http(&url)).unwrap();
            prop_assert_eq!(request.lines().count(), 6);
            prop_assert_eq!(request.lines().next().unwrap().split(' ').count(), 3);
            prop_assert_eq!(url.to_string().parse(), Ok(url));
        }
    }
}
