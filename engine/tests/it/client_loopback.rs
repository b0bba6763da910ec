//! Whole clients, on real sockets of this machine.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use swarmlab_engine::client::net::TokioNet;
use swarmlab_engine::client::{Client, Disk, Events, Notice};
use swarmlab_engine::metainfo::make::{Fields, from_path};
use swarmlab_engine::metainfo::{Geometry, Metainfo, make};
use swarmlab_engine::session::{AddTorrent, Event, SessionConfig, StartWith, TorrentConfig};
use swarmlab_engine::storage::{FilesStorage, MemoryStorage, Storage, TorrentKey};
use swarmlab_engine::wire::PeerId;
use tokio::time::timeout;

/// What takes milliseconds may take this long on a busy machine.
const GENEROUS: Duration = Duration::from_secs(60);
/// Where a listener gets any port.
const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn config(seed: u8) -> SessionConfig {
    SessionConfig {
        peer_id: PeerId([b'a' + seed; 20]),
        listen_port: 0,
        seed: seed.into(),
        limits: Default::default(),
    }
}

async fn client(number: u8, disk: Disk) -> Client {
    Client::start(TokioNet, disk, config(number), Some(LOOPBACK)).await.expect("a free port on loopback")
}

/// Adds a torrent without trackers.
async fn join(
    client: &Client,
    torrent: &Arc<Metainfo>,
    start: StartWith,
    peers: Vec<SocketAddr>,
    storage: Box<dyn Storage + Send>,
) -> TorrentKey {
    let config = TorrentConfig { announce: false, ..TorrentConfig::default() };
    let add = AddTorrent { torrent: torrent.clone().into(), start, peers, config };
    client.add(add, storage).await.expect("it is running")
}

async fn wait_for(events: &mut Events, wanted: impl Fn(&Event) -> bool) -> Event {
    let found = async {
        loop {
            match events.next().await.expect("the client is running") {
                Notice::Event(event) if wanted(&event) => return event,
                Notice::Event(_) | Notice::Missed(_) => {}
            }
        }
    };
    timeout(GENEROUS, found).await.expect("it happens in time")
}

async fn completed(events: &mut Events) {
    wait_for(events, |event| matches!(event, Event::Completed { .. })).await;
}

/// All files below a folder, with their bytes.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                let path = entry.path().strip_prefix(folder).unwrap().to_owned();
                found.push((path, fs::read(entry.path()).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// One client seeds what lies in a folder, another downloads it into an empty one.
async fn copy_through_the_network(torrent: Metainfo, content: &Path, disk: fn() -> Disk) {
    let target = tempfile::tempdir().unwrap();
    let torrent = Arc::new(torrent);
    let seed = client(0, disk()).await;
    let mut seeding = seed.events();
    let storage = FilesStorage::open(content, &torrent.info).unwrap();
    join(&seed, &torrent, StartWith::Check, Vec::new(), Box::new(storage)).await;
    completed(&mut seeding).await;

    let leech = client(1, disk()).await;
    let mut leeching = leech.events();
    let storage = FilesStorage::open(target.path(), &torrent.info).unwrap();
    let peers = vec![seed.listening().unwrap()];
    let key = join(&leech, &torrent, StartWith::Nothing, peers, Box::new(storage)).await;
    completed(&mut leeching).await;

    let progress = leech.progress(key).await.unwrap().unwrap();
    assert_eq!((progress.bytes_left, progress.totals.wasted.total()), (0, 0));
    assert_eq!(progress.totals.downloaded, torrent.info.geometry().total_length);
    assert!(leech.stop(GENEROUS).await.is_some() && seed.stop(GENEROUS).await.is_some());
    let name = torrent.info.name();
    if content.join(name).is_dir() {
        assert_eq!(files(&target.path().join(name)), files(&content.join(name)));
    } else {
        assert_eq!(fs::read(target.path().join(name)).unwrap(), fs::read(content.join(name)).unwrap());
    }
}

#[tokio::test]
async fn every_fixture_arrives_byte_for_byte() {
    for name in ["leaves", "alice", "numbers", "folder", "lots-of-numbers"] {
        let torrent = Metainfo::read(&fs::read(fixture(&format!("{name}.torrent"))).unwrap()).unwrap();
        copy_through_the_network(torrent, &fixture(""), Disk::thread).await;
    }
}

#[tokio::test]
async fn a_folder_of_odd_files_arrives_with_the_disk_inline() {
    let content = tempfile::tempdir().unwrap();
    let folder = content.path().join("odd");
    fs::create_dir_all(folder.join("deep/er")).unwrap();
    fs::write(folder.join("a"), vec![1; 100_001]).unwrap();
    fs::write(folder.join("deep/empty"), []).unwrap();
    fs::write(folder.join("deep/er/b"), (0..50_000).map(|at| (at % 251) as u8).collect::<Vec<_>>()).unwrap();
    fs::write(folder.join("one byte"), [7]).unwrap();
    let torrent = from_path(&folder, Some(20_000), &Fields::default(), &mut |_, _| {}).unwrap();
    copy_through_the_network(torrent, content.path(), Disk::inline).await;
}

/// A torrent of bytes that are computed.
fn formula(bytes: u64) -> Arc<Metainfo> {
    let geometry = Geometry::new(bytes, 1 << 18).unwrap();
    let fill = |piece: u32, buffer: &mut [u8]| {
        buffer.iter_mut().enumerate().for_each(|(at, byte)| *byte = (at as u32 * 31 + piece * 17) as u8);
    };
    Arc::new(make::from_source("formula", geometry, &Fields::default(), fill).unwrap())
}

fn full(torrent: &Metainfo) -> Box<dyn Storage + Send> {
    let mut storage = MemoryStorage::empty(&torrent.info);
    let geometry = torrent.info.geometry();
    for piece in 0..geometry.piece_count {
        for block in 0..geometry.blocks_in(piece) {
            let begin = block * 16_384;
            let size = geometry.block_size(piece, block);
            let bytes: bytes::Bytes = (begin..begin + size).map(|at| (at * 31 + piece * 17) as u8).collect();
            storage.write(piece, begin, bytes.into()).unwrap();
        }
    }
    Box::new(storage)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_swarm_of_five_completes_and_the_seed_is_not_asked_for_everything() {
    let torrent = formula(20_000_000);
    let seed = client(0, Disk::thread()).await;
    let seed_key = join(&seed, &torrent, StartWith::Everything, Vec::new(), full(&torrent)).await;
    let mut peers = vec![seed.listening().unwrap()];
    let mut leeches = Vec::new();
    for number in 1..5 {
        let leech = client(number, Disk::thread()).await;
        let events = leech.events();
        let empty = Box::new(MemoryStorage::empty(&torrent.info));
        join(&leech, &torrent, StartWith::Nothing, peers.clone(), empty).await;
        peers.push(leech.listening().unwrap());
        leeches.push((leech, events));
    }
    for (_, events) in &mut leeches {
        completed(events).await;
    }
    let uploaded = seed.progress(seed_key).await.unwrap().unwrap().totals.uploaded;
    assert!(uploaded >= 20_000_000, "a copy at least came from the seed: {uploaded}");
    assert!(uploaded < 4 * 20_000_000, "the others gave nothing: {uploaded}");
    for (leech, _) in leeches {
        assert!(leech.stop(GENEROUS).await.is_some());
    }
    assert!(seed.stop(GENEROUS).await.is_some());
}

#[tokio::test]
async fn a_download_goes_on_when_its_seed_comes_back() {
    let torrent = formula(1_000_000);
    let seed = client(0, Disk::thread()).await;
    let address = seed.listening().unwrap();
    drop(seed);
    let leech = client(1, Disk::thread()).await;
    let mut events = leech.events();
    let empty = Box::new(MemoryStorage::empty(&torrent.info));
    // Nobody is there yet: the dial is refused.
    join(&leech, &torrent, StartWith::Nothing, vec![address], empty).await;
    let seed = client(2, Disk::thread()).await;
    let peers = vec![leech.listening().unwrap()];
    join(&seed, &torrent, StartWith::Everything, peers, full(&torrent)).await;
    completed(&mut events).await;
    assert!(seed.stop(GENEROUS).await.is_some() && leech.stop(GENEROUS).await.is_some());
}
