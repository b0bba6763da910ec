//! Connections made, and connections taken.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use crate::session::{ConnectionId, Endpoint};

use super::{Net, NetworkEvent};

/// How long resolving and connecting may take together (libtorrent's `peer_connect_timeout`: 15 s).
pub const DIAL_TIMEOUT: Duration = Duration::from_secs(15);
/// Addresses of one name that are tried.
pub(super) const ADDRESSES_MAX: usize = 4;
/// A failed accept means that something is used up, file descriptors for example; trying again at once would spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// Dials, and tells how it went.
pub(super) async fn dial<N: Net>(
    net: Arc<N>,
    connection: ConnectionId,
    to: Endpoint,
    events: mpsc::Sender<NetworkEvent<N::Stream>>,
) {
    let event = match timeout(DIAL_TIMEOUT, reach(&*net, to)).await {
        Ok(Ok(stream)) => NetworkEvent::Reached { connection, stream },
        Ok(Err(_)) | Err(_) => NetworkEvent::Ended { connection },
    };
    let _ = events.send(event).await;
}

/// Connects with the first of its addresses that answers.
pub(super) async fn reach<N: Net>(net: &N, to: Endpoint) -> io::Result<N::Stream> {
    let addresses = match to {
        Endpoint::Address(address) => vec![address],
        Endpoint::Name { host, port } => net.resolve(&host, port).await?,
    };
    let mut failure = io::ErrorKind::NotFound.into();
    for address in addresses.into_iter().take(ADDRESSES_MAX) {
        match net.connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Accepts connections for as long as somebody wants them.
pub(super) async fn accept<N: Net>(
    net: Arc<N>,
    mut listener: N::Listener,
    events: mpsc::Sender<NetworkEvent<N::Stream>>,
) {
    loop {
        match net.accept(&mut listener).await {
            Ok((stream, remote)) => {
                if events.send(NetworkEvent::Accepted { stream, remote }).await.is_err() {
                    return;
                }
            }
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
}
