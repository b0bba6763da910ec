//! The driver against streams that are moved by hand, with a peer that is no client at all.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use swarmlab_engine::client::net::TokioNet;
use swarmlab_engine::client::{AddError, Client, Disk, Ended};
use swarmlab_engine::metainfo::make::{Fields, from_source};
use swarmlab_engine::metainfo::{Geometry, Metainfo};
use swarmlab_engine::session::{AddTorrent, SessionConfig, StartWith, TorrentConfig};
use swarmlab_engine::storage::{Body, DiskError, MemoryStorage, Storage, TorrentKey};
use swarmlab_engine::wire::PeerId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const GENEROUS: Duration = Duration::from_secs(60);
const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

fn config() -> SessionConfig {
    SessionConfig { peer_id: PeerId([b'd'; 20]), listen_port: 0, seed: 4, limits: Default::default() }
}

fn torrent() -> Arc<Metainfo> {
    let geometry = Geometry::new(1_000_000, 65_536).unwrap();
    Arc::new(from_source("zeros", geometry, &Fields::default(), |_, buffer| buffer.fill(0)).unwrap())
}

fn add(torrent: &Arc<Metainfo>, peers: Vec<SocketAddr>) -> AddTorrent {
    let config = TorrentConfig { announce: false, ..TorrentConfig::default() };
    AddTorrent { torrent: torrent.clone().into(), start: StartWith::Nothing, peers, config }
}

async fn start(peers: Vec<SocketAddr>) -> Client {
    let client = Client::start(TokioNet, Disk::thread(), config(), Some(LOOPBACK)).await.unwrap();
    let torrent = torrent();
    client.add(add(&torrent, peers), Box::new(MemoryStorage::empty(&torrent.info))).await.unwrap();
    client
}

#[tokio::test]
async fn a_port_in_use_is_an_error() {
    let first = Client::start(TokioNet, Disk::thread(), config(), Some(LOOPBACK)).await.unwrap();
    let second = Client::start(TokioNet, Disk::thread(), config(), first.listening()).await;
    assert_eq!(second.err().expect("somebody listens there").kind(), std::io::ErrorKind::AddrInUse);
}

/// Content at which a disk breaks down, and with it whoever does its jobs inline.
struct Fatal(Geometry);

impl Storage for Fatal {
    fn geometry(&self) -> Geometry {
        self.0
    }
    fn read(&mut self, _: u32, _: u32, _: u32) -> Result<Bytes, DiskError> {
        panic!("a disk breaks down")
    }
    fn write(&mut self, _: u32, _: u32, _: Body) -> Result<(), DiskError> {
        panic!("a disk breaks down")
    }
    fn verify(&mut self, _: u32) -> Result<bool, DiskError> {
        panic!("a disk breaks down")
    }
}

/// Found in the turmoil world: whoever listened to a client that had ended by itself waited for ever.
#[tokio::test]
async fn whoever_listens_learns_that_a_client_has_ended_by_itself() {
    let client = Client::start(TokioNet, Disk::inline(), config(), None).await.unwrap();
    let mut events = client.events();
    let torrent = torrent();
    let add = AddTorrent { start: StartWith::Check, ..add(&torrent, Vec::new()) };
    let geometry = torrent.info.geometry();
    let _ = client.add(add, Box::new(Fatal(geometry))).await;
    let rest = async { while events.next().await.is_some() {} };
    timeout(GENEROUS, rest).await.expect("events end with the client");
    assert_eq!(client.progress(TorrentKey(0)).await, Err(Ended));
    assert_eq!(client.events().next().await, None);
}

#[tokio::test]
async fn a_client_without_a_listener_has_no_address_and_stops() {
    let client = Client::start(TokioNet, Disk::thread(), config(), None).await.unwrap();
    assert_eq!(client.listening(), None);
    assert!(client.stop(GENEROUS).await.is_some());
}

#[tokio::test]
async fn a_picker_that_is_not_there_is_refused_and_the_next_torrent_is_the_first() {
    let client = Client::start(TokioNet, Disk::thread(), config(), None).await.unwrap();
    let torrent = torrent();
    let storage = || Box::new(MemoryStorage::empty(&torrent.info));
    for (picker, why) in [
        ("alphabetical", "there is no picker named \"alphabetical\""),
        ("global-rarest", "which only a simulation can"),
    ] {
        let mut wrong = add(&torrent, Vec::new());
        wrong.config.picker = picker.into();
        let refused = client.add(wrong, storage()).await.unwrap_err();
        assert!(matches!(refused, AddError::Refused(_)) && refused.to_string().contains(why), "{refused}");
    }
    assert_eq!(client.progress(TorrentKey(0)).await.unwrap(), None);
    assert_eq!(client.add(add(&torrent, Vec::new()), storage()).await.unwrap(), TorrentKey(0));
    assert!(client.progress(TorrentKey(0)).await.unwrap().is_some());
}

#[tokio::test]
async fn who_dials_us_and_talks_nonsense_is_hung_up_on() {
    let client = start(Vec::new()).await;
    let mut stream = TcpStream::connect(client.listening().unwrap()).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: a browser gone astray, who talks a lot\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    // A reset is as good as an end: there were bytes that nobody read.
    let _ = timeout(GENEROUS, stream.read_to_end(&mut answer)).await.expect("it hangs up");
    assert!(answer.is_empty(), "nothing to say to that: {answer:?}");
}

#[tokio::test]
async fn a_handshake_is_sent_to_a_peer_that_is_dialled() {
    let listener = TcpListener::bind(LOOPBACK).await.unwrap();
    let client = start(vec![listener.local_addr().unwrap()]).await;
    let (mut stream, _) = timeout(GENEROUS, listener.accept()).await.expect("it dials").unwrap();
    let mut handshake = [0; 68];
    timeout(GENEROUS, stream.read_exact(&mut handshake)).await.expect("it speaks first").unwrap();
    assert!(handshake.starts_with(b"\x13BitTorrent protocol"));
    assert_eq!(&handshake[28..48], torrent().info.hash().0);
    assert!(client.stop(GENEROUS).await.is_some());
    let mut rest = Vec::new();
    timeout(GENEROUS, stream.read_to_end(&mut rest)).await.expect("it hangs up when it stops").unwrap();
}

#[tokio::test]
async fn dropping_a_client_closes_its_connections_and_its_port() {
    let listener = TcpListener::bind(LOOPBACK).await.unwrap();
    let client = start(vec![listener.local_addr().unwrap()]).await;
    let address = client.listening();
    let mut events = client.events();
    let (mut stream, _) = timeout(GENEROUS, listener.accept()).await.expect("it dials").unwrap();
    drop(client);
    let mut rest = Vec::new();
    timeout(GENEROUS, stream.read_to_end(&mut rest)).await.expect("it hangs up").unwrap();
    while timeout(GENEROUS, events.next()).await.expect("the events end").is_some() {}
    Client::start(TokioNet, Disk::thread(), config(), address).await.expect("the port is free again");
}
