//! The tracker's host: real requests in over turmoil's sockets, real answers out, unless it fails.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::sleep;
use turmoil::net::{TcpListener, TcpStream, UdpSocket};

use swarmlab_engine::tracker::server::RequestReader;

use crate::world::addresses;
use crate::world::tracker_desk::TrackerDesk;

use super::stream::now;

/// Bytes of a request that are read at a time.
const READ_BYTES: usize = 4096;
/// The longest request that a client sends in a datagram is far shorter.
const DATAGRAM_BYTES_MAX: usize = 2048;

/// Serves everybody, until its machine crashes or the run is over.
pub async fn run(desk: Arc<Mutex<TrackerDesk>>) -> turmoil::Result {
    let address = SocketAddr::from((Ipv4Addr::UNSPECIFIED, addresses::TRACKER_PORT));
    let listener = TcpListener::bind(address).await?;
    tokio::spawn(serve_datagrams(UdpSocket::bind(address).await?, desk.clone()));
    loop {
        let (stream, remote) = listener.accept().await?;
        let desk = desk.clone();
        tokio::spawn(async move {
            // Who hangs up in the middle gets no answer.
            let _ = serve(stream, remote.ip(), &desk).await;
        });
    }
}

/// Answers datagrams, each when it is due.
async fn serve_datagrams(socket: UdpSocket, desk: Arc<Mutex<TrackerDesk>>) {
    let socket = Arc::new(socket);
    let mut buffer = [0; DATAGRAM_BYTES_MAX];
    while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
        let answer = desk.lock().expect("no answer panics").answer_datagram(now(), from, &buffer[..length]);
        let Some(answer) = answer else { continue };
        let socket = socket.clone();
        tokio::spawn(async move {
            sleep(answer.delay).await;
            // Who is gone gets no answer.
            let _ = socket.send_to(&answer.bytes, from).await;
        });
    }
}

async fn serve(mut stream: TcpStream, from: IpAddr, desk: &Mutex<TrackerDesk>) -> std::io::Result<()> {
    let mut reader = RequestReader::default();
    let mut buffer = [0; READ_BYTES];
    loop {
        let length = stream.read(&mut buffer).await?;
        if length == 0 {
            return Ok(());
        }
        let Ok(request) = reader.push(&buffer[..length]) else { return Ok(()) };
        let Some(request) = request else { continue };
        let answer = desk.lock().expect("no answer panics").answer(now(), from, &request);
        sleep(answer.delay).await;
        stream.write_all(&answer.bytes).await?;
        return stream.shutdown().await;
    }
}
