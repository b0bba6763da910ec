//! The table over TCP on this machine, against the client that ships.
//!
//! Nothing sleeps: each wait is for something that must happen, with a generous deadline, and where a time-out of the
//! client has to pass, its clock is moved on.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use swarmlab_engine::client::net::TokioNet;
use swarmlab_engine::client::{Client, Disk, Events, Notice};
use swarmlab_engine::session::{AddTorrent, CloseReason, Event, SessionConfig, StartWith, TorrentConfig};
use swarmlab_engine::wire::PeerId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tokio::time::{advance, pause, resume, timeout};

use super::content::{HELD, PIECES, Watched, metainfo};
use super::{World, play_the_table};

/// What takes milliseconds may take this long on a busy machine.
const GENEROUS: Duration = Duration::from_secs(60);
/// Where a listener gets any port.
const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
/// By which the clock is moved on at a time.
const STEP: Duration = Duration::from_millis(100);
/// The receive buffer of a raw peer: small, so that one who does not read is felt soon.
const RECEIVE_BUFFER_BYTES: u32 = 16 * 1024;

play_the_table!(Sockets);

struct Sockets {
    runtime: Runtime,
    disk: Watched,
    client: Client,
    events: Events,
    honest: Option<Client>,
    farewells: Vec<CloseReason>,
    checked: u32,
    completed: bool,
}

/// A client on loopback that knows these peers, and checks what its disk holds.
async fn client(number: u8, disk: Watched, peers: Vec<SocketAddr>) -> (Client, Events) {
    let config = SessionConfig {
        peer_id: PeerId([b'a' + number; 20]),
        listen_port: 0,
        seed: number.into(),
        limits: Default::default(),
    };
    let client = Client::start(TokioNet, Disk::thread(), config, Some(LOOPBACK)).await.expect("a free port");
    let events = client.events();
    let config = TorrentConfig { announce: false, ..TorrentConfig::default() };
    let add = AddTorrent { torrent: metainfo().into(), start: StartWith::Check, peers, config };
    client.add(add, Box::new(disk)).await.expect("it runs");
    (client, events)
}

impl Sockets {
    fn address(&self) -> SocketAddr {
        self.client.listening().expect("it listens")
    }

    /// The client's next event, if it comes within this span.
    fn hear(&mut self, within: Duration) -> bool {
        match self.runtime.block_on(async { timeout(within, self.events.next()).await }) {
            Ok(Some(Notice::Event(Event::PeerDisconnected { reason, .. }))) => self.farewells.push(reason),
            Ok(Some(Notice::Event(Event::Checked { pieces, .. }))) => self.checked = pieces,
            Ok(Some(Notice::Event(Event::Completed { .. }))) => self.completed = true,
            Ok(Some(Notice::Event(_))) => {}
            Ok(Some(Notice::Missed(_)) | None) => panic!("the client runs, and its events are listened to"),
            Err(_) => return false,
        }
        true
    }

    fn until(&mut self, reached: impl Fn(&Sockets) -> bool) {
        while !reached(self) {
            assert!(self.hear(GENEROUS), "not within {GENEROUS:?}");
        }
    }
}

/// Whether the other side keeps silent.
fn is_open(stream: &TcpStream) -> bool {
    stream.try_read(&mut [0]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
}

impl World for Sockets {
    type Stream = TcpStream;

    fn new() -> Sockets {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let disk = Watched::holding(HELD);
        let (client, events) = runtime.block_on(client(0, disk.clone(), Vec::new()));
        let (farewells, checked) = (Vec::new(), 0);
        let mut world =
            Sockets { runtime, disk, client, events, honest: None, farewells, checked, completed: false };
        // It takes nobody before.
        world.until(|world| world.checked == PIECES);
        world
    }

    fn dial(&mut self) -> TcpStream {
        let to = self.address();
        self.runtime.block_on(async {
            let socket = TcpSocket::new_v4().expect("a socket");
            socket.set_recv_buffer_size(RECEIVE_BUFFER_BYTES).expect("a size");
            let stream = timeout(GENEROUS, socket.connect(to)).await.expect("soon").expect("it listens");
            stream.set_nodelay(true).expect("TCP has this");
            stream
        })
    }

    fn send(&mut self, stream: &mut TcpStream, bytes: &[u8]) -> bool {
        self.runtime
            .block_on(async { timeout(GENEROUS, stream.write_all(bytes)).await.expect("soon") })
            .is_ok()
    }

    fn receive(&mut self, stream: &mut TcpStream) -> Option<Bytes> {
        let mut buffer = BytesMut::with_capacity(64 * 1024);
        let read = async { timeout(GENEROUS, stream.read_buf(&mut buffer)).await.expect("soon") };
        // A reset is as good as an end: there were bytes that the client did not read.
        let ended = matches!(self.runtime.block_on(read), Ok(0) | Err(_));
        (!ended).then(|| buffer.freeze())
    }

    /// The kernel reads as far as its buffer goes, and no further.
    fn stop_reading(&mut self, _: &mut TcpStream) {}

    fn hang_up(&mut self, stream: TcpStream) {
        drop(stream);
    }

    /// In small steps, so that what is under way, such as a dial, is dealt with in the first of them.
    fn wait(&mut self, span: Duration) {
        self.runtime.block_on(async {
            pause();
            for _ in 0..span.div_duration_f64(STEP).ceil() as u32 {
                advance(STEP).await;
            }
            resume();
        });
    }

    fn outlast(&mut self, crowd: &mut Vec<TcpStream>, open_max: usize) {
        let ended = async {
            while crowd.len() > open_max {
                crowd.retain(is_open);
                yield_now().await;
            }
        };
        self.runtime.block_on(async { timeout(GENEROUS, ended).await.expect("soon") });
    }

    fn farewells(&mut self) -> &[CloseReason] {
        self.runtime.block_on(yield_now());
        while self.hear(Duration::ZERO) {}
        &self.farewells
    }

    fn await_farewells(&mut self, count: usize) {
        self.until(|world| world.farewells.len() >= count);
    }

    fn disk(&self) -> Watched {
        self.disk.clone()
    }

    fn complete(&mut self) {
        let peers = vec![self.address()];
        let (honest, _) = self.runtime.block_on(client(1, Watched::holding(PIECES), peers));
        self.honest = Some(honest);
        self.until(|world| world.completed);
    }
}
