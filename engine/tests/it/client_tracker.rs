//! Whole clients that know of each other only through a tracker, found by its name.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::SeedableRng;
use swarmlab_engine::client::net::TokioNet;
use swarmlab_engine::client::{Client, Disk, Notice};
use swarmlab_engine::metainfo::make::{Fields, from_source};
use swarmlab_engine::metainfo::{Geometry, Metainfo};
use swarmlab_engine::random::Rng;
use swarmlab_engine::session::{AddTorrent, Event, SessionConfig, StartWith, TorrentConfig};
use swarmlab_engine::storage::{Content, Hashing, MemoryStorage, SharedStore, Storage};
use swarmlab_engine::time::Time;
use swarmlab_engine::tracker::server::{RequestReader, ServerConfig, TrackerServer};
use swarmlab_engine::wire::PeerId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::timeout;

const GENEROUS: Duration = Duration::from_secs(60);
const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Serves one request after the other.
async fn serve(listener: TcpListener, server: Arc<Mutex<TrackerServer>>) {
    let mut rng = Rng::seed_from_u64(5);
    while let Ok((mut stream, from)) = listener.accept().await {
        let mut reader = RequestReader::new();
        let mut buffer = [0; 1024];
        while let Ok(read @ 1..) = stream.read(&mut buffer).await {
            if let Some(request) = reader.push(&buffer[..read]).expect("our own request is short") {
                let answer = server.lock().unwrap().answer(Time::ZERO, from.ip(), &request, &mut rng);
                stream.write_all(&answer).await.expect("the client waits for it");
                break;
            }
        }
    }
}

fn torrent(content: &Content, announce: String) -> Arc<Metainfo> {
    let fields = Fields {
        tiers: vec![vec!["http://127.0.0.1:1/announce".into()], vec![announce]],
        ..Fields::default()
    };
    let geometry = content.geometry();
    let fill = |piece: u32, buffer: &mut [u8]| {
        let bytes = content.range(piece, 0, geometry.piece_size(piece)).into_bytes();
        buffer.copy_from_slice(&bytes);
    };
    Arc::new(from_source("formula", geometry, &fields, fill).unwrap())
}

async fn join(
    number: u8,
    torrent: &Arc<Metainfo>,
    start: StartWith,
    storage: Box<dyn Storage + Send>,
) -> Client {
    let config = SessionConfig { peer_id: PeerId([number; 20]), listen_port: 0, seed: number.into() };
    let client = Client::start(TokioNet, Disk::thread(), config, Some(LOOPBACK)).await.unwrap();
    let add = AddTorrent {
        torrent: torrent.clone().into(),
        start,
        peers: Vec::new(),
        config: TorrentConfig::default(),
    };
    let mut events = client.events();
    client.add(add, storage).await.unwrap();
    let announced = async {
        loop {
            match events.next().await.expect("it runs") {
                Notice::Event(Event::Announced { .. }) => break,
                Notice::Event(_) | Notice::Missed(_) => {}
            }
        }
    };
    timeout(GENEROUS, announced).await.expect("the second tracker is asked when the first is not there");
    client
}

#[tokio::test]
async fn clients_find_each_other_and_say_goodbye() {
    let listener = TcpListener::bind(LOOPBACK).await.unwrap();
    let announce = format!("http://localhost:{}/announce", listener.local_addr().unwrap().port());
    let server = Arc::new(Mutex::new(TrackerServer::new(ServerConfig::default())));
    tokio::spawn(serve(listener, server.clone()));

    let content = Content::formula(3, Geometry::new(500_000, 65_536).unwrap());
    let torrent = torrent(&content, announce);
    let counts = || server.lock().unwrap().counts(torrent.info.hash());
    let full = SharedStore::full(content, Hashing::Full).unwrap();
    let seed = join(1, &torrent, StartWith::Everything, Box::new(full)).await;
    assert_eq!(counts(), (1, 0));

    let leech = join(2, &torrent, StartWith::Nothing, Box::new(MemoryStorage::empty(&torrent.info))).await;
    let mut events = leech.events();
    let key = swarmlab_engine::storage::TorrentKey(0);
    while leech.progress(key).await.unwrap().unwrap().bytes_left > 0 {
        timeout(GENEROUS, events.next()).await.expect("pieces keep coming").expect("it runs");
    }
    assert!(leech.stop(GENEROUS).await);
    assert_eq!(counts(), (1, 0));
    assert!(seed.stop(GENEROUS).await);
    assert_eq!(counts(), (0, 0));
}
