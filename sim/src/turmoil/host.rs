//! The software of a peer's host: it waits for orders, and runs one client after the other.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::select;

use swarmlab_engine::client::{Client, Disk};
use swarmlab_engine::session::StartWith;

use crate::world::addresses;
use crate::world::event::Visit;

use super::eyes::{Eyes, Watched};
use super::mailbox::{Mailbox, Order};
use super::net::TurmoilNet;
use super::stream::now;

/// How long a client may take to leave: its goodbye to a tracker that does not answer is the longest of it (a dial of 15 s
/// and an answer of 30 s), and what lingers in its streams has five seconds more. Twice that.
const GOODBYE_MAX: Duration = Duration::from_secs(100);

/// A host, whatever runs on it.
#[derive(Clone)]
pub struct Host {
    /// The books of the swarm.
    pub watched: Watched,
    /// What it is told.
    pub mailbox: Arc<Mailbox>,
    /// Its way out.
    pub net: TurmoilNet,
}

impl Host {
    /// Does what it is told, until its machine crashes or the run is over.
    pub async fn run(self) -> turmoil::Result {
        loop {
            match self.mailbox.next().await {
                Order::Come { visit, start } => self.visit(visit, start).await?,
                // Its client has gone meanwhile.
                Order::Leave => {}
            }
        }
    }

    async fn visit(&self, visit: Visit, start: StartWith) -> turmoil::Result {
        let (config, torrent, store) = {
            let books = self.watched.books();
            let disk = books.swarm.peers[visit.peer as usize].disk.clone();
            let disk = disk.expect("whoever comes has a disk");
            (books.swarm.session_config(visit), books.swarm.torrent_of(visit.peer, start.clone()), disk)
        };
        let listen = SocketAddr::from((Ipv4Addr::UNSPECIFIED, addresses::PEER_PORT));
        let eyes = Eyes::new(self.watched.clone(), visit, start);
        let net = self.net.clone();
        let client = Client::start_before(net, Disk::inline(), config, Some(listen), eyes).await?;
        let mut events = client.events();
        client.add(torrent, Box::new(store)).await?;
        loop {
            select! {
                biased;
                order = self.mailbox.next() => match order {
                    Order::Leave => break,
                    Order::Come { .. } => {}
                },
                notice = events.next() => if notice.is_none() {
                    self.watched.books().note_broken(now(), visit.peer, "its driver has ended by itself");
                    return Ok(());
                },
            }
        }
        if client.stop(GOODBYE_MAX).await.is_none() {
            let what = "its driver was told to stop, and did not in order";
            self.watched.books().note_broken(now(), visit.peer, what);
            // It may hold on to its port. Nobody comes after it: the run is over.
            return std::future::pending().await;
        }
        Ok(())
    }
}
