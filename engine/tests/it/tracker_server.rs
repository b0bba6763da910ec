//! The tracker's side: who is served what over both protocols, against a naive model; access, bounds, statistics.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use proptest::prelude::*;
use rand::SeedableRng;
use swarmlab_engine::metainfo::InfoHash;
use swarmlab_engine::random::Rng;
use swarmlab_engine::time::Time;
use swarmlab_engine::tracker::server::{
    Access, AllowedPeers, Bounds, DATAGRAM_BYTES_MAX, ServerConfig, Statistics,
};
use swarmlab_engine::tracker::udp::{self, Request, Said, Wants};
use swarmlab_engine::tracker::{
    AnnounceRequest, Answer, AnswerReader, Event, ScrapeResponse, SwarmCounts, TrackerServer, scrape_to_http,
};
use swarmlab_engine::wire::PeerId;

/// A tracker and what is asked of it.
struct Counter {
    server: TrackerServer,
    now: Time,
    rng: Rng,
}

/// Peers, seeds and leechers; or why not.
type Served = Result<(BTreeSet<SocketAddr>, u32, u32), String>;

impl Counter {
    fn new(config: ServerConfig) -> Counter {
        Counter { server: TrackerServer::new(config), now: Time::ZERO, rng: Rng::seed_from_u64(1) }
    }

    fn http(&mut self, from: IpAddr, path: &str, request: &AnnounceRequest) -> Served {
        let url = format!("http://t{path}").parse().unwrap();
        let answer = self.server.answer(self.now, from, &request.to_http(&url), &mut self.rng);
        match AnswerReader::new().push(&answer).unwrap().unwrap() {
            Answer::Accepted(response) => Ok((
                response.peers.into_iter().collect(),
                response.complete.unwrap(),
                response.incomplete.unwrap(),
            )),
            Answer::Failure(reason) => Err(reason),
            Answer::Redirect(_) => panic!("nobody is sent elsewhere"),
        }
    }

    fn datagram(&mut self, from: SocketAddr, wants: Wants) -> Option<Said> {
        let request = Request { transaction: 5, wants }.encode();
        let answer = self.server.answer_datagram(self.now, from, &request, &mut self.rng)?;
        let answer = udp::Answer::decode(&answer, from).expect("the tracker speaks the protocol");
        assert_eq!(answer.transaction, 5);
        Some(answer.said)
    }

    fn connect(&mut self, from: SocketAddr) -> u64 {
        match self.datagram(from, Wants::Connect) {
            Some(Said::Connected(id)) => id,
            said => panic!("{said:?}"),
        }
    }

    fn udp(&mut self, from: IpAddr, path: &str, request: &AnnounceRequest) -> Served {
        let from = SocketAddr::new(from, 40_000);
        let connection_id = self.connect(from);
        let wants = Wants::Announce { connection_id, announce: request.clone(), target: path.into() };
        match self.datagram(from, wants) {
            Some(Said::Announced { leechers, seeds, peers, .. }) => {
                assert!(peers.iter().all(|peer| peer.is_ipv6() == from.is_ipv6()));
                Ok((peers.into_iter().collect(), seeds, leechers))
            }
            Some(Said::Refused(reason)) => Err(reason),
            said => panic!("{said:?}"),
        }
    }

    fn scrape_udp(&mut self, from: IpAddr, info_hashes: &[InfoHash]) -> Result<Vec<SwarmCounts>, String> {
        let from = SocketAddr::new(from, 40_000);
        let connection_id = self.connect(from);
        match self.datagram(from, Wants::Scrape { connection_id, info_hashes: info_hashes.to_vec() }) {
            Some(Said::Scraped(counts)) => Ok(counts),
            Some(Said::Refused(reason)) => Err(reason),
            said => panic!("{said:?}"),
        }
    }

    fn scrape_http(
        &mut self,
        from: IpAddr,
        path: &str,
        info_hash: InfoHash,
    ) -> Result<ScrapeResponse, String> {
        let request = scrape_to_http(&format!("http://t{path}").parse().unwrap(), info_hash);
        let answer = self.server.answer(self.now, from, &request, &mut self.rng);
        match AnswerReader::of_scrape().push(&answer).unwrap().unwrap() {
            Answer::Accepted(response) => Ok(response),
            Answer::Failure(reason) => Err(reason),
            Answer::Redirect(_) => panic!("nobody is sent elsewhere"),
        }
    }
}

fn hash(number: u8) -> InfoHash {
    InfoHash([number; 20])
}

/// Hosts of both families, by turns.
fn ip(number: u8) -> IpAddr {
    match number % 2 {
        0 => IpAddr::from([10, 0, 0, number]),
        _ => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, number.into()).into(),
    }
}

fn request(torrent: u8, left: u64, event: Option<Event>) -> AnnounceRequest {
    AnnounceRequest {
        info_hash: hash(torrent),
        peer_id: PeerId([1; 20]),
        port: 1,
        uploaded: 0,
        downloaded: 0,
        left,
        event,
        numwant: None,
        key: None,
        tracker_id: None,
    }
}

#[derive(Clone, Debug)]
struct Step {
    host: u8,
    torrent: u8,
    over_udp: bool,
    seconds: u64,
    left: u64,
    event: Option<Event>,
}

fn step() -> impl Strategy<Value = Step> {
    let event = prop_oneof![
        Just(None),
        Just(Some(Event::Started)),
        Just(Some(Event::Completed)),
        Just(Some(Event::Stopped)),
    ];
    (0u8..8, 0u8..3, any::<bool>(), 0u64..50, 0u64..2, event).prop_map(
        |(host, torrent, over_udp, seconds, left, event)| Step {
            host,
            torrent,
            over_udp,
            seconds,
            left,
            event,
        },
    )
}

proptest! {
    /// Whoever has announced within two minutes is there; nobody is given itself, nor over UDP the other family.
    #[test]
    fn both_protocols_serve_one_swarm(steps in prop::collection::vec(step(), 1..80)) {
        let interval = Duration::from_secs(60);
        let mut counter = Counter::new(ServerConfig { interval, ..ServerConfig::default() });
        let mut model: BTreeMap<(u8, u8), (u64, bool)> = BTreeMap::new();
        let mut downloads: BTreeMap<u8, u32> = BTreeMap::new();
        let mut seconds = 0;
        for Step { host, torrent, over_udp, seconds: wait, left, event } in steps {
            seconds += wait;
            counter.now = Time::from_secs(seconds);
            model.retain(|_, (heard, _)| *heard + 120 > seconds);
            let key = (torrent, host);
            let was_complete = model.get(&key).is_some_and(|(_, complete)| *complete);
            match event {
                Some(Event::Stopped) => drop(model.remove(&key)),
                _ => drop(model.insert(key, (seconds, left == 0))),
            }
            if event == Some(Event::Completed) && left == 0 && !was_complete {
                *downloads.entry(torrent).or_default() += 1;
            }
            let announce = request(torrent, left, event);
            let (peers, seeds, leechers) = match over_udp {
                true => counter.udp(ip(host), "/announce", &announce),
                false => counter.http(ip(host), "/announce", &announce),
            }
            .expect("everything is served");
            let swarm: Vec<(u8, bool)> = model
                .iter()
                .filter(|((of, _), _)| *of == torrent)
                .map(|((_, host), (_, complete))| (*host, *complete))
                .collect();
            let done = swarm.iter().filter(|(_, complete)| *complete).count() as u32;
            prop_assert_eq!((seeds, leechers), (done, swarm.len() as u32 - done));
            let is_stopped = event == Some(Event::Stopped);
            let others = swarm.iter().map(|(other, _)| *other).filter(|other| *other != host && !is_stopped);
            let others = others.filter(|other| !over_udp || ip(*other).is_ipv6() == ip(host).is_ipv6());
            let expected: BTreeSet<SocketAddr> = others.map(|other| SocketAddr::new(ip(other), 1)).collect();
            prop_assert_eq!(peers, expected);
            let counts = SwarmCounts {
                seeds: done,
                leechers: swarm.len() as u32 - done,
                downloads: downloads.get(&torrent).copied().unwrap_or(0),
            };
            prop_assert_eq!(counter.scrape_udp(ip(host), &[hash(9), hash(torrent)]).unwrap(), [SwarmCounts::default(), counts]);
            let scraped = counter.scrape_http(ip(host), "/scrape", hash(torrent)).unwrap();
            prop_assert_eq!(scraped.swarms.get(&hash(torrent)), Some(&counts));
            let all = counter.server.statistics(counter.now);
            let seeds = model.values().filter(|(_, complete)| *complete).count();
            let torrents: BTreeSet<u8> = model.keys().map(|(torrent, _)| *torrent).collect();
            prop_assert_eq!((all.seeds, all.leechers, all.torrents), (seeds, model.len() - seeds, torrents.len()));
        }
    }

    #[test]
    fn arbitrary_datagrams_do_no_harm_and_are_not_answered_at_length(
        datagrams in prop::collection::vec((any::<Vec<u8>>(), 0u8..4, any::<u16>()), 0..20),
    ) {
        let mut counter = Counter::new(ServerConfig::default());
        for (bytes, action, port) in datagrams {
            let from = SocketAddr::new(ip(action), port);
            let framed = [&[9; 8], &[0, 0, 0, action, 1, 2, 3, 4][..], &bytes].concat();
            for datagram in [&bytes, &framed] {
                let answer = counter.server.answer_datagram(Time::ZERO, from, datagram, &mut counter.rng);
                let length = answer.map_or(0, |answer| answer.len());
                prop_assert!(length <= datagram.len(), "{length} bytes for {}", datagram.len());
            }
        }
        prop_assert_eq!(counter.server.statistics(Time::ZERO).leechers, 0);
    }
}

#[test]
fn a_connection_id_is_for_one_address_and_a_few_minutes() {
    let mut counter = Counter::new(ServerConfig { secret: [3; 16], ..ServerConfig::default() });
    let [here, there]: [SocketAddr; 2] = ["10.0.0.1:5", "10.0.0.1:6"].map(|text| text.parse().unwrap());
    let connection_id = counter.connect(here);
    let announce =
        |connection_id| Wants::Announce { connection_id, announce: request(1, 1, None), target: "/".into() };
    let refused = Some(Said::Refused("bad connection id".into()));
    let mapped: SocketAddr = "[::ffff:10.0.0.1]:5".parse().unwrap();
    counter.now = Time::from_secs(119);
    assert!(matches!(counter.datagram(here, announce(connection_id)), Some(Said::Announced { .. })));
    assert!(matches!(counter.datagram(mapped, announce(connection_id)), Some(Said::Announced { .. })));
    assert_eq!(counter.datagram(there, announce(connection_id)), refused);
    assert_eq!(counter.datagram(here, announce(connection_id ^ 1)), refused);
    let scrape = Wants::Scrape { connection_id: 0, info_hashes: vec![hash(1)] };
    assert_eq!(counter.datagram(here, scrape), refused);
    counter.now = Time::from_secs(240);
    assert_eq!(counter.datagram(here, announce(connection_id)), refused);
    let other = Counter::new(ServerConfig { secret: [4; 16], ..ServerConfig::default() }).connect(here);
    assert_ne!(other, connection_id);
}

#[test]
fn an_answer_fits_a_packet_and_a_port_is_needed() {
    let config = ServerConfig { peers_default: 1_000, peers_max: 1_000, ..ServerConfig::default() };
    let mut counter = Counter::new(config);
    for number in 0..500u32 {
        let v6 = Ipv6Addr::from_bits(0x2001 << 112 | u128::from(number)).into();
        counter
            .http(IpAddr::from((0x0a00_0000 + number).to_be_bytes()), "/announce", &request(1, 1, None))
            .unwrap();
        counter.http(v6, "/announce", &request(1, 1, None)).unwrap();
    }
    for (host, expected) in [(0, 230), (1, 76)] {
        let (peers, ..) = counter.udp(ip(host), "/", &request(1, 1, None)).unwrap();
        assert_eq!(peers.len(), expected);
        assert!(20 + peers.len() * if host == 1 { 18 } else { 6 } <= DATAGRAM_BYTES_MAX);
    }
    let portless = AnnounceRequest { port: 0, ..request(1, 1, None) };
    assert_eq!(counter.udp(ip(0), "/", &portless), Err("invalid port".into()));
}

fn only(torrents: &[u8], networks: &[&str], keys: &[&str]) -> Access {
    Access {
        torrents: Some(torrents.iter().map(|torrent| hash(*torrent)).collect()),
        peers: Some(AllowedPeers {
            networks: networks.iter().map(|network| network.parse().unwrap()).collect(),
            keys: keys.iter().map(|key| (*key).into()).collect(),
        }),
    }
}

#[test]
fn what_is_not_allowed_is_refused_over_both_protocols() {
    let access = only(&[1], &["10.0.0.0/31"], &["sesame", "a b"]);
    let mut counter = Counter::new(ServerConfig { access, ..ServerConfig::default() });
    let (inside, outside) = (ip(0), ip(1));
    let lacks = "not allowed: the announce URL lacks its key";
    for (from, path, torrent, refused) in [
        (inside, "/announce", 1, None),
        (inside, "/announce", 2, Some("unregistered torrent")),
        (outside, "/announce", 1, Some(lacks)),
        (outside, "/announce/", 1, Some(lacks)),
        (outside, "/announce/open", 1, Some("not allowed: unknown key")),
        (outside, "/announce/sesame", 1, None),
        (outside, "/announce/sesame?x=1", 1, None),
        (outside, "/announce/a%20b", 1, None),
        (outside, "/announce/sesame", 2, Some("unregistered torrent")),
        (outside, "/announce/sesame/more", 1, Some("not allowed: unknown key")),
    ] {
        for serve in [Counter::http, Counter::udp] {
            let served = serve(&mut counter, from, path, &request(torrent, 1, None)).map(|_| ());
            assert_eq!(served, refused.map_or(Ok(()), |reason| Err(reason.into())), "{from} {path}");
        }
    }
    let counts = SwarmCounts { leechers: 2, ..SwarmCounts::default() };
    assert_eq!(counter.scrape_udp(inside, &[hash(1), hash(2)]), Ok(vec![counts, SwarmCounts::default()]));
    assert_eq!(counter.scrape_udp(outside, &[hash(1)]), Err(lacks.into()));
    assert_eq!(counter.scrape_http(outside, "/scrape", hash(1)), Err(lacks.into()));
    assert!(counter.scrape_http(outside, "/scrape/sesame", hash(2)).unwrap().swarms.is_empty());
    assert_eq!(counter.scrape_http(outside, "/scrape/sesame", hash(1)).unwrap().swarms[&hash(1)], counts);
}

#[test]
fn whoever_is_not_allowed_any_more_is_forgotten_at_once() {
    let mut counter = Counter::new(ServerConfig::default());
    counter.server.set_access(only(&[1, 2], &["10.0.0.0/8"], &["old", "new"]));
    for torrent in [1, 2] {
        counter.http(ip(0), "/announce", &request(torrent, 0, Some(Event::Completed))).unwrap();
        counter.http(ip(1), "/announce/old", &request(torrent, 1, None)).unwrap();
        counter.udp(ip(3), "/announce/new", &request(torrent, 1, None)).unwrap();
        counter.http(ip(5), "/announce/new", &request(torrent, 0, Some(Event::Completed))).unwrap();
    }
    counter.http(ip(5), "/announce/new", &request(2, 0, Some(Event::Stopped))).unwrap();
    let [before, after] = [[(2, 2), (1, 2)], [(1, 1), (0, 0)]];
    assert_eq!([1, 2].map(|torrent| counter.server.counts(hash(torrent))), before);
    counter.server.set_access(only(&[1], &[], &["new"]));
    assert_eq!([1, 2].map(|torrent| counter.server.counts(hash(torrent))), after);
    let known = counter.server.statistics(counter.now);
    assert_eq!((known.torrents, known.seeds, known.leechers), (1, 1, 1));
    counter.server.set_access(Access::default());
    let counts = counter.scrape_udp(ip(0), &[hash(1), hash(2)]).unwrap();
    assert_eq!(counts.map_downloads(), [2, 0], "of a torrent that was not served nothing is left");
}

/// How often each was completed.
trait Downloads {
    fn map_downloads(&self) -> Vec<u32>;
}

impl Downloads for Vec<SwarmCounts> {
    fn map_downloads(&self) -> Vec<u32> {
        self.iter().map(|counts| counts.downloads).collect()
    }
}

#[test]
fn what_is_full_refuses_newcomers_and_serves_those_whom_it_knows() {
    let bounds = Bounds { torrents: 2, swarm_members: 2, members: 3 };
    let mut counter = Counter::new(ServerConfig { bounds, ..ServerConfig::default() });
    let announce = |counter: &mut Counter, host, torrent, event| {
        counter.http(ip(host), "/announce", &request(torrent, 0, event)).map(|_| ())
    };
    let (full, swarm_full) = (Err("tracker is full".to_owned()), Err("swarm is full".to_owned()));
    assert_eq!(announce(&mut counter, 0, 1, Some(Event::Completed)), Ok(()));
    assert_eq!(announce(&mut counter, 1, 1, None), Ok(()));
    assert_eq!(announce(&mut counter, 2, 1, None), swarm_full);
    assert_eq!(announce(&mut counter, 2, 2, None), Ok(()));
    assert_eq!(announce(&mut counter, 3, 2, None), full);
    assert_eq!(announce(&mut counter, 1, 1, None), Ok(()), "it is there already");
    assert_eq!(announce(&mut counter, 1, 1, Some(Event::Stopped)), Ok(()));
    assert_eq!(announce(&mut counter, 1, 3, None), full, "of torrents there are enough");
    assert_eq!(announce(&mut counter, 0, 1, Some(Event::Stopped)), Ok(()));
    // A swarm that nobody is in gives way, and with it what was known of it.
    assert_eq!(counter.scrape_udp(ip(0), &[hash(1)]).unwrap().map_downloads(), [1]);
    assert_eq!(announce(&mut counter, 1, 3, None), Ok(()));
    assert_eq!(counter.scrape_udp(ip(0), &[hash(1)]).unwrap().map_downloads(), [0]);
}

#[test]
fn what_was_served_is_counted() {
    let mut counter = Counter::new(ServerConfig::default());
    counter.http(ip(0), "/announce", &request(1, 1, None)).unwrap();
    counter.udp(ip(1), "/announce", &request(1, 0, None)).unwrap();
    counter.scrape_udp(ip(0), &[hash(1)]).unwrap();
    counter.scrape_http(ip(0), "/scrape", hash(1)).unwrap();
    assert!(counter.http(ip(0), "/nonsense", &request(1, 1, None)).is_err());
    counter.server.answer_datagram(counter.now, SocketAddr::new(ip(0), 1), b"nonsense", &mut counter.rng);
    let expected =
        Statistics { torrents: 1, seeds: 1, leechers: 1, announces: 2, scrapes: 2, connects: 2, refused: 2 };
    assert_eq!(counter.server.statistics(counter.now), expected);
    let later = counter.now + Duration::from_secs(3_600);
    assert_eq!(
        counter.server.statistics(later),
        Statistics { torrents: 0, seeds: 0, leechers: 0, ..expected },
        "who is silent for two intervals is forgotten"
    );
}
