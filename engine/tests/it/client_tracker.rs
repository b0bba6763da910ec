//! Whole clients that know of each other only through a tracker on real sockets, or on pipes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use swarmlab_engine::client::net::TokioNet;
use swarmlab_engine::client::{Client, Disk, Events, Net, Notice};
use swarmlab_engine::metainfo::make::{Fields, from_source};
use swarmlab_engine::metainfo::{Geometry, InfoHash, Metainfo};
use swarmlab_engine::session::{AddTorrent, Event, SessionConfig, StartWith, TorrentConfig};
use swarmlab_engine::storage::{Content, Hashing, MemoryStorage, SharedStore, Storage};
use swarmlab_engine::tracker::SwarmCounts;
use swarmlab_engine::tracker::server::ServerConfig;
use swarmlab_engine::tracker_host::{CONNECTIONS_MAX, REQUEST_TIMEOUT, TrackerHost};
use swarmlab_engine::wire::PeerId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::pipe_net::PipeNet;

const GENEROUS: Duration = Duration::from_secs(120);

fn content() -> Content {
    Content::formula(3, Geometry::new(500_000, 65_536).unwrap())
}

fn torrent(tiers: &[String]) -> Arc<Metainfo> {
    let content = content();
    let fields = Fields { tiers: tiers.iter().map(|url| vec![url.clone()]).collect(), ..Fields::default() };
    let fill = |piece: u32, buffer: &mut [u8]| {
        let bytes = content.range(piece, 0, content.geometry().piece_size(piece)).into_bytes();
        buffer.copy_from_slice(&bytes);
    };
    Arc::new(from_source("formula", content.geometry(), &fields, fill).unwrap())
}

/// A client that has joined, and is known to the tracker; and what happens to it from then on.
async fn join<N: Net>(net: N, listen: SocketAddr, number: u8, torrent: &Arc<Metainfo>) -> (Client, Events) {
    let config = SessionConfig {
        peer_id: PeerId([number; 20]),
        listen_port: 0,
        seed: number.into(),
        limits: Default::default(),
    };
    let client = Client::start(net, Disk::inline(), config, Some(listen)).await.unwrap();
    let (start, storage): (_, Box<dyn Storage + Send>) = match number {
        1 => (StartWith::Everything, Box::new(SharedStore::full(content(), Hashing::Full).unwrap())),
        _ => (StartWith::Nothing, Box::new(MemoryStorage::empty(&torrent.info))),
    };
    let add = AddTorrent {
        torrent: torrent.clone().into(),
        start,
        peers: Vec::new(),
        config: TorrentConfig::default(),
    };
    let mut events = client.events();
    client.add(add, storage).await.unwrap();
    wait_for(&mut events, |event| matches!(event, Event::Announced { .. })).await;
    (client, events)
}

async fn wait_for(events: &mut Events, is_it: impl Fn(&Event) -> bool) -> Event {
    let wait = async {
        loop {
            match events.next().await.expect("it runs") {
                Notice::Event(event) if is_it(&event) => break event,
                Notice::Event(_) | Notice::Missed(_) => {}
            }
        }
    };
    timeout(GENEROUS, wait).await.expect("it happens in time")
}

async fn counts(client: &Client, tracker: &str, info_hash: InfoHash) -> SwarmCounts {
    let mut events = client.events();
    client.scrape(tracker.into(), info_hash).await.unwrap();
    let is_it = |event: &Event| matches!(event, Event::Scraped { .. } | Event::ScrapeFailed { .. });
    match wait_for(&mut events, is_it).await {
        Event::Scraped { counts, .. } => counts,
        event => panic!("{event:?}"),
    }
}

/// A seed and a leecher find each other, exchange everything, and say goodbye.
async fn a_swarm_lives<N: Net + Clone>(nets: [N; 2], listen: [SocketAddr; 2], tiers: &[String]) {
    let torrent = torrent(tiers);
    let (tracker, hash) = (tiers.last().unwrap(), torrent.info.hash());
    let [of_seed, of_leech] = nets;
    let (seed, _) = join(of_seed, listen[0], 1, &torrent).await;
    let counted = |seeds, leechers, downloads| SwarmCounts { seeds, leechers, downloads };
    assert_eq!(counts(&seed, tracker, hash).await, counted(1, 0, 0));
    let (leech, mut events) = join(of_leech, listen[1], 2, &torrent).await;
    wait_for(&mut events, |event| matches!(event, Event::Completed { .. })).await;
    wait_for(&mut events, |event| matches!(event, Event::Announced { .. })).await;
    assert_eq!(counts(&seed, tracker, hash).await, counted(2, 0, 1));
    assert!(leech.stop(GENEROUS).await.is_some());
    assert_eq!(counts(&seed, tracker, hash).await, counted(1, 0, 1));
    assert!(seed.stop(GENEROUS).await.is_some());
}

async fn over_sockets(scheme: &str, loopback: &str) {
    let any: SocketAddr = format!("{loopback}:0").parse().unwrap();
    let host = TrackerHost::start(TokioNet, &[any], ServerConfig::default(), 5).await.unwrap();
    let port = host.listening()[0].port();
    // Nobody listens at port 1 of this machine.
    let tiers = [format!("http://{loopback}:1/announce"), format!("{scheme}://localhost:{port}/announce")];
    a_swarm_lives([TokioNet; 2], [any; 2], &tiers).await;
    let statistics = host.statistics();
    assert_eq!((statistics.torrents, statistics.seeds, statistics.leechers), (0, 0, 0));
    assert_eq!(statistics.connects > 0, scheme == "udp");
}

#[tokio::test]
async fn clients_find_each_other_over_http() {
    over_sockets("http", "127.0.0.1").await;
}

#[tokio::test]
async fn clients_find_each_other_over_udp() {
    over_sockets("udp", "127.0.0.1").await;
}

#[tokio::test]
async fn a_tracker_at_both_families_serves_both() {
    for (loopback, scheme) in [("127.0.0.1", "udp"), ("[::1]", "udp"), ("[::1]", "http")] {
        let everywhere = "[::]:0".parse().unwrap();
        let Ok(host) = TrackerHost::start(TokioNet, &[everywhere], ServerConfig::default(), 5).await else {
            eprintln!("this machine has no IPv6: nothing to be seen here");
            return;
        };
        let port = host.listening()[0].port();
        let any: SocketAddr = format!("{loopback}:0").parse().unwrap();
        a_swarm_lives([TokioNet; 2], [any; 2], &[format!("{scheme}://{loopback}:{port}/announce")]).await;
    }
}

/// On pipes time does not wait: the 45 s that a silent tracker is given are over at once.
#[tokio::test(start_paused = true)]
async fn when_the_tracker_of_the_first_tier_is_silent_the_second_is_asked() {
    let at = |number: u8| SocketAddr::from(([10, 0, 0, number], 6881));
    let net = PipeNet::new(at(1), 64 * 1024);
    for scheme in ["udp", "http"] {
        let host = TrackerHost::start(net.host(at(9)), &[at(9)], ServerConfig::default(), 5).await.unwrap();
        let tiers = ["udp://10.0.0.8:6881".to_owned(), format!("{scheme}://10.0.0.9:6881/announce")];
        let begun = tokio::time::Instant::now();
        a_swarm_lives([net.clone(), net.host(at(2))], [at(1), at(2)], &tiers).await;
        assert!(begun.elapsed() >= Duration::from_secs(45), "the first was given its time");
        assert_eq!(host.statistics().connects > 0, scheme == "udp");
    }
}

#[tokio::test]
async fn who_asks_nothing_does_not_keep_others_from_asking() {
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let host = TrackerHost::start(TokioNet, &[any], ServerConfig::default(), 5).await.unwrap();
    let to = host.listening()[0];
    let mut silent = Vec::new();
    for _ in 0..CONNECTIONS_MAX {
        silent.push(TcpStream::connect(to).await.unwrap());
    }
    // They have every place: who comes now is turned away, until one of them gives its up.
    let ask = async || {
        let mut stream = TcpStream::connect(to).await?;
        stream.write_all(b"GET /scrape HTTP/1.0\r\n\r\n").await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    assert!(ask().await.unwrap_or_default().is_empty());
    silent.pop();
    let answered = async {
        while ask().await.unwrap_or_default().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    timeout(REQUEST_TIMEOUT / 2, answered).await.expect("a place is free");
}
