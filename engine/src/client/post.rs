//! Datagrams sent and received, and names looked up: the place for all that the session does without a stream.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::session::LookupId;

use super::dial::{ADDRESSES_MAX, DIAL_TIMEOUT};
use super::net::DATAGRAM_BYTES_MAX;
use super::task::Task;
use super::{Net, NetworkEvent};

/// Datagrams that wait to be sent; what is beyond is lost, as it may be anywhere on its way.
pub const DATAGRAMS_MAX: usize = 256;
/// Names that are looked up at a time; one beyond is not found.
const LOOKUPS_MAX: usize = 64;
/// A failed receive means that something is wrong with the socket; trying again at once would spin.
const RECEIVE_PAUSE: Duration = Duration::from_millis(100);

/// Sends, receives and looks up.
pub(super) struct Post<N: Net> {
    net: Arc<N>,
    events: mpsc::Sender<NetworkEvent<N::Stream>>,
    bound: SocketAddr,
    queue: mpsc::Sender<(SocketAddr, Bytes)>,
    lookups: JoinSet<()>,
    sender: Task,
    _receiver: Task,
}

impl<N: Net> Post<N> {
    pub(super) fn new(
        net: Arc<N>,
        datagrams: N::Datagrams,
        bound: SocketAddr,
        events: mpsc::Sender<NetworkEvent<N::Stream>>,
    ) -> Post<N> {
        let datagrams = Arc::new(datagrams);
        let (queue, queued) = mpsc::channel(DATAGRAMS_MAX);
        let sender = Task::spawn(send(net.clone(), datagrams.clone(), queued));
        let receiver = Task::spawn(receive(net.clone(), datagrams, events.clone()));
        Post { net, events, bound, queue, lookups: JoinSet::new(), sender, _receiver: receiver }
    }

    /// Sends a datagram, or loses it.
    pub(super) fn send(&mut self, to: SocketAddr, data: Bytes) {
        let _ = self.queue.try_send((to, data));
    }

    /// Finds out what a name stands for, and tells.
    pub(super) fn look_up(&mut self, lookup: LookupId, host: String, port: u16) {
        while self.lookups.try_join_next().is_some() {}
        let is_too_much = self.lookups.len() >= LOOKUPS_MAX;
        let (net, events, bound) = (self.net.clone(), self.events.clone(), self.bound);
        self.lookups.spawn(async move {
            let mut addresses = Vec::new();
            if !is_too_much && let Ok(Ok(found)) = timeout(DIAL_TIMEOUT, net.resolve(&host, port)).await {
                addresses = found;
            }
            addresses.retain(|address| net.reaches(bound, *address));
            addresses.truncate(ADDRESSES_MAX);
            let _ = events.send(NetworkEvent::Resolved { lookup, addresses }).await;
        });
    }

    /// Sends what is waiting, and ends.
    pub(super) async fn finish(mut self) {
        drop(self.queue);
        self.sender.ended().await;
    }
}

async fn send<N: Net>(
    net: Arc<N>,
    datagrams: Arc<N::Datagrams>,
    mut queue: mpsc::Receiver<(SocketAddr, Bytes)>,
) {
    while let Some((to, data)) = queue.recv().await {
        // There is no way there: lost.
        let _ = net.send(&datagrams, to, &data).await;
    }
}

async fn receive<N: Net>(
    net: Arc<N>,
    datagrams: Arc<N::Datagrams>,
    events: mpsc::Sender<NetworkEvent<N::Stream>>,
) {
    let mut buffer = BytesMut::zeroed(DATAGRAM_BYTES_MAX);
    loop {
        match net.receive(&datagrams, &mut buffer).await {
            Ok((length, from)) => {
                let data = Bytes::copy_from_slice(&buffer[..length]);
                if events.send(NetworkEvent::Datagram { from, data }).await.is_err() {
                    return;
                }
            }
            Err(_) => sleep(RECEIVE_PAUSE).await,
        }
    }
}
