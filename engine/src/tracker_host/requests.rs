//! Requests over HTTP: one for each connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::client::Net;
use crate::tracker::server::RequestReader;

use super::Desk;

/// Connections at a time and address; whoever comes beyond is turned away. With other files they stay below the 1,024
/// that a process may have open on most systems.
pub const CONNECTIONS_MAX: usize = 512;
/// How long a request and its answer may take together.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes read at a time: most requests are one read.
const READ_BYTES: usize = 2 * 1024;
/// A failed accept means that something is used up, file descriptors for example; trying again at once would spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// Accepts connections and answers their requests, for ever.
pub(super) async fn accept<N: Net>(net: Arc<N>, mut listener: N::Listener, desk: Arc<Desk>) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = net.accept(&mut listener).await;
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, from)) if connections.len() < CONNECTIONS_MAX => {
                let desk = desk.clone();
                connections.spawn(async move {
                    // Who is slow, or gone, gets no answer.
                    let _ = timeout(REQUEST_TIMEOUT, serve(stream, from, &desk)).await;
                });
            }
            Ok(_) => {}
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
}

/// Reads one request and answers it.
async fn serve(
    mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin,
    from: SocketAddr,
    desk: &Desk,
) -> std::io::Result<()> {
    let mut reader = RequestReader::new();
    let mut buffer = [0; READ_BYTES];
    loop {
        let read = stream.read(&mut buffer).await?;
        match reader.push(&buffer[..read]) {
            Ok(None) if read > 0 => {}
            Ok(Some(request)) => {
                stream.write_all(&desk.answer(from.ip(), &request)).await?;
                return stream.shutdown().await;
            }
            // It has ended before its request did, or goes on too long.
            Ok(None) | Err(_) => return Ok(()),
        }
    }
}
