//! The driver as its user sees it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::timeout;

use crate::bitfield::PieceSet;
use crate::metainfo::InfoHash;
use crate::session::{AddTorrent, Event, Session, SessionConfig};
use crate::storage::TorrentKey;
use crate::torrent::{NotAdded, Progress};

use super::bound::Bound;
use super::dial::accept;
use super::driver::{Command, Driver};
use super::links::Links;
use super::post::Post;
use super::task::Task;
use super::witness::Witness;
use super::{Disk, NETWORK_EVENTS_MAX, Net, Place};

/// Events that wait for a slow listener; when more come, it misses the oldest.
pub const EVENTS_MAX: usize = 4096;
/// Commands that wait for the driver.
const COMMANDS_MAX: usize = 16;

/// Where datagrams come and go of a client that does not listen: IPv6 and IPv4, or IPv4 alone.
const ANYWHERE: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0),
    SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0),
];

/// A running client. Dropping it ends everything at once, without a goodbye to peers and trackers.
pub struct Client {
    commands: mpsc::Sender<Command>,
    /// The sender is the driver's, so that events end when it does.
    events: broadcast::WeakSender<Event>,
    driver: Task<Vec<Option<PieceSet>>>,
    listening: Option<SocketAddr>,
}

/// The client is no longer running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the client has ended")]
pub struct Ended;

/// Why a torrent was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// Nobody is there to add it to.
    #[error(transparent)]
    Ended(#[from] Ended),
    /// Its configuration asks for a picker or a choker that is not there.
    #[error(transparent)]
    Refused(#[from] NotAdded),
}

impl Client {
    /// Starts a client on the runtime of the caller. With `listen` it accepts connections and datagrams there, and tells
    /// the trackers its port; port 0 takes any. Fails if nobody can listen there.
    pub async fn start<N: Net>(
        net: N,
        disk: Disk,
        config: SessionConfig,
        listen: Option<SocketAddr>,
    ) -> io::Result<Client> {
        Client::start_before(net, disk, config, listen, ()).await
    }

    /// As [`start`](Client::start), before a witness.
    pub async fn start_before<N: Net>(
        net: N,
        disk: Disk,
        mut config: SessionConfig,
        listen: Option<SocketAddr>,
        witness: impl Witness,
    ) -> io::Result<Client> {
        let net = Arc::new(net);
        let Bound { listener, datagrams, address } = match listen {
            Some(address) => Bound::listening(&*net, address).await?,
            None => Bound::for_datagrams(&*net, &ANYWHERE).await?,
        };
        let listening = listen.map(|_| address);
        config.listen_port = listening.map_or(0, |address| address.port());

        let (commands, commanded) = mpsc::channel(COMMANDS_MAX);
        let (happened, network) = mpsc::channel(NETWORK_EVENTS_MAX);
        let (events, _) = broadcast::channel(EVENTS_MAX);
        let acceptor = listener.map(|listener| Task::spawn(accept(net.clone(), listener, happened.clone())));
        let post = Post::new(net.clone(), datagrams, address, happened.clone());
        let links = Links::new(net, happened);
        let listeners = events.downgrade();
        let driver = Driver::new(Session::new(config), witness, links, post, disk, acceptor, events);
        let driver = Task::spawn(driver.run(commanded, network));
        Ok(Client { commands, events: listeners, driver, listening })
    }

    /// Where others can connect.
    pub fn listening(&self) -> Option<SocketAddr> {
        self.listening
    }

    /// What happens from now on.
    pub fn events(&self) -> Events {
        let ended = || broadcast::channel(1).1;
        Events { receiver: self.events.upgrade().map_or_else(ended, |events| events.subscribe()) }
    }

    /// Takes part in a swarm, whose content is kept at this place: an open storage; or, of a torrent given by a magnet
    /// link, one that is opened when the metadata have come.
    pub async fn add(&self, torrent: AddTorrent, place: impl Into<Place>) -> Result<TorrentKey, AddError> {
        let (answer, answered) = oneshot::channel();
        let place = place.into();
        self.command(Command::Add { torrent: Box::new(torrent), place, answer }).await?;
        Ok(answered.await.map_err(|_| Ended)??)
    }

    /// How far a torrent is; `None` if there is none of this key.
    pub async fn progress(&self, torrent: TorrentKey) -> Result<Option<Progress>, Ended> {
        let (answer, answered) = oneshot::channel();
        self.command(Command::Progress { torrent, answer }).await?;
        answered.await.map_err(|_| Ended)
    }

    /// What is held of a torrent; `None` if there is none of this key, or its content was not looked at yet.
    pub async fn held(&self, torrent: TorrentKey) -> Result<Option<PieceSet>, Ended> {
        let (answer, answered) = oneshot::channel();
        self.command(Command::Held { torrent, answer }).await?;
        answered.await.map_err(|_| Ended)
    }

    /// Asks a tracker how many are in a swarm, without taking part in it: [`Event::Scraped`] or [`Event::ScrapeFailed`]
    /// follows. `tracker` is the URL for announces.
    pub async fn scrape(&self, tracker: String, info_hash: InfoHash) -> Result<(), Ended> {
        self.command(Command::Scrape { tracker, info_hash }).await
    }

    /// Leaves all swarms: tells the trackers, closes the peers, keeps every block that was accepted, and verifies the pieces
    /// that have become whole. Answers what is held of each torrent in the end, in the order in which they were added,
    /// or nothing of those whose content was not yet looked at; `None` if not everything was done within `patience`.
    pub async fn stop(mut self, patience: Duration) -> Option<Vec<Option<PieceSet>>> {
        let goodbye = async {
            let _ = self.command(Command::Stop).await;
            self.driver.ended().await
        };
        timeout(patience, goodbye).await.ok().flatten()
    }

    async fn command(&self, command: Command) -> Result<(), Ended> {
        self.commands.send(command).await.map_err(|_| Ended)
    }
}

/// What happens in a client, in order.
pub struct Events {
    receiver: broadcast::Receiver<Event>,
}

/// The next thing to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Something happened.
    Event(Event),
    /// The listener was too slow: so many events are lost to it. What they led to can be asked for.
    Missed(u64),
}

impl Events {
    /// Waits for the next event; `None` when the client has ended, of itself too. Nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Notice> {
        match self.receiver.recv().await {
            Ok(event) => Some(Notice::Event(event)),
            Err(RecvError::Lagged(events)) => Some(Notice::Missed(events)),
            Err(RecvError::Closed) => None,
        }
    }
}
