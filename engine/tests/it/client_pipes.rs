//! The driver on a network of pipes in simulated time: what is slow, stuck or never answers, and the same run twice.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use swarmlab_engine::client::{CLOSE_LINGER, Client, DIAL_TIMEOUT, Disk, Net, Notice};
use swarmlab_engine::metainfo::make::{Fields, from_source};
use swarmlab_engine::metainfo::{Geometry, Metainfo};
use swarmlab_engine::session::{AddTorrent, Event, SessionConfig, StartWith, TorrentConfig};
use swarmlab_engine::storage::{Content, Hashing, SharedStore};
use swarmlab_engine::wire::PeerId;
use tokio::time::{Instant, sleep, timeout};

use crate::pipe_net::PipeNet;

/// Longer than any time-out of the client.
const PATIENCE: Duration = Duration::from_secs(600);

fn address(host: u8) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, host], 6881))
}

fn content() -> Content {
    Content::formula(9, Geometry::new(3_000_000, 65_536).unwrap())
}

fn torrent(content: &Content) -> Arc<Metainfo> {
    let geometry = content.geometry();
    let fill = |piece: u32, buffer: &mut [u8]| {
        let bytes = content.range(piece, 0, geometry.piece_size(piece)).into_bytes();
        buffer.copy_from_slice(&bytes);
    };
    Arc::new(from_source("formula", geometry, &Fields::default(), fill).unwrap())
}

async fn client(net: PipeNet, number: u8, has_all: bool, peers: Vec<SocketAddr>) -> Client {
    let config = SessionConfig {
        peer_id: PeerId([number; 20]),
        listen_port: 0,
        seed: number.into(),
        limits: Default::default(),
    };
    let client = Client::start(net, Disk::inline(), config, Some(address(number))).await.unwrap();
    let content = content();
    let metainfo = torrent(&content);
    let (start, storage) = match has_all {
        true => (StartWith::Everything, SharedStore::full(content, Hashing::Full)),
        false => (StartWith::Nothing, SharedStore::empty(content, Hashing::Full)),
    };
    let config = TorrentConfig { announce: false, ..TorrentConfig::default() };
    let add = AddTorrent { torrent: metainfo.into(), start, peers, config };
    client.add(add, Box::new(storage.unwrap())).await.unwrap();
    client
}

/// Everything that happens to a leecher among four peers until it is complete, and when.
async fn story() -> Vec<(Duration, Event)> {
    let net = PipeNet::new(address(1), 50_000);
    let start = Instant::now();
    let mut clients = vec![client(net.clone(), 1, true, Vec::new()).await];
    for number in 2..=4 {
        let peers = (1..number).map(address).collect();
        clients.push(client(net.host(address(number)), number, false, peers).await);
    }
    let mut events = clients[3].events();
    let mut story = Vec::new();
    while !matches!(story.last(), Some((_, Event::Completed { .. }))) {
        match timeout(PATIENCE, events.next()).await.expect("it completes") {
            Some(Notice::Event(event)) => story.push((start.elapsed(), event)),
            other => panic!("all events come: {other:?}"),
        }
    }
    story
}

#[tokio::test(start_paused = true)]
async fn the_same_run_twice_tells_the_same_story() {
    let first = story().await;
    assert!(first.iter().filter(|(_, event)| matches!(event, Event::PieceVerified { .. })).count() == 46);
    assert_eq!(first, story().await);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_nothing_delays_the_end_by_the_linger_and_no_more() {
    // The pipe holds less than a handshake.
    let net = PipeNet::new(address(1), 16);
    let (mut listener, _) = net.bind(address(1)).await.unwrap();
    let client = client(net.host(address(2)), 2, false, vec![address(1)]).await;
    let (stuck, _) = net.accept(&mut listener).await.unwrap();
    let start = Instant::now();
    assert!(client.stop(PATIENCE).await.is_some());
    assert_eq!(start.elapsed(), CLOSE_LINGER);
    drop(stuck);
}

#[tokio::test(start_paused = true)]
async fn a_dial_that_is_never_answered_is_given_up_and_tried_again() {
    let net = PipeNet::new(address(1), 1000);
    // Nobody accepts, and no place is left to wait for it.
    let (mut listener, _) = net.bind(address(1)).await.unwrap();
    let mut occupied = Vec::new();
    while let Ok(Ok(stream)) = timeout(Duration::from_secs(1), net.connect(address(1))).await {
        occupied.push(stream);
    }
    let client = client(net.host(address(2)), 2, false, vec![address(1)]).await;
    sleep(DIAL_TIMEOUT + Duration::from_secs(1)).await;
    // There is room again, and it dials again by itself.
    for _ in occupied.drain(..) {
        net.accept(&mut listener).await.unwrap();
    }
    let again = timeout(PATIENCE, net.accept(&mut listener)).await.expect("it dials again").unwrap();
    assert_eq!(again.1, address(2));
    assert!(client.stop(PATIENCE).await.is_some());
}
