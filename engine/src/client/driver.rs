//! The owner of the session.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::select;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::bitfield::PieceSet;
use crate::metainfo::{InfoHash, Metainfo};
use crate::session::{AddTorrent, ConnectionId, Event, Input, Output, Session};
use crate::storage::{DiskDone, TorrentKey};
use crate::time::Time;
use crate::torrent::{NotAdded, Progress};

use super::links::Links;
use super::post::Post;
use super::task::Task;
use super::witness::{Act, Witness};
use super::{Disk, Net, NetworkEvent, Place};

/// What the user wants.
pub(super) enum Command {
    Add { torrent: Box<AddTorrent>, place: Place, answer: oneshot::Sender<Result<TorrentKey, NotAdded>> },
    Progress { torrent: TorrentKey, answer: oneshot::Sender<Option<Progress>> },
    Held { torrent: TorrentKey, answer: oneshot::Sender<Option<PieceSet>> },
    Scrape { tracker: String, info_hash: InfoHash },
    Stop,
}

/// The session, and everything that it needs to act.
pub(super) struct Driver<N: Net, W> {
    session: Session,
    witness: W,
    start: Instant,
    links: Links<N>,
    post: Post<N>,
    disk: Disk,
    events: broadcast::Sender<Event>,
    torrents: u32,
    /// Where torrents are to be kept whose metadata have not come.
    places: BTreeMap<TorrentKey, Place>,
    /// Nobody is accepted any more once this is gone.
    acceptor: Option<Task>,
    stopped: bool,
}

impl<N: Net, W: Witness> Driver<N, W> {
    pub(super) fn new(
        session: Session,
        witness: W,
        links: Links<N>,
        post: Post<N>,
        disk: Disk,
        acceptor: Option<Task>,
        events: broadcast::Sender<Event>,
    ) -> Driver<N, W> {
        let start = witness.epoch();
        let places = BTreeMap::new();
        Driver {
            session,
            witness,
            start,
            links,
            post,
            disk,
            events,
            torrents: 0,
            places,
            acceptor,
            stopped: false,
        }
    }

    /// Runs until the session has stopped, or its user is gone, who would not hear the answer: what is held of each torrent
    /// in the end, as far as that is known.
    pub(super) async fn run(
        mut self,
        mut commands: mpsc::Receiver<Command>,
        mut network: mpsc::Receiver<NetworkEvent<N::Stream>>,
    ) -> Vec<Option<PieceSet>> {
        let mut alarm = Alarm::new(self.start);
        while !self.stopped {
            let deadline = self.session.poll_timeout().and_then(|time| self.instant(time));
            select! {
                biased;
                command = commands.recv() => match command {
                    Some(command) => self.obey(command),
                    None => return Vec::new(),
                },
                done = self.disk.next() => self.take(done),
                () = alarm.ring(deadline) => {
                    self.show(Act::TimedOut);
                    let now = self.now();
                    self.session.handle_timeout(now);
                }
                Some(event) = network.recv(), if !self.disk.is_full() => self.hear(event),
            }
            self.carry_out();
            self.show(Act::Settled);
        }
        // Nobody listens to the network any more, so that no task of it can wait for this one.
        drop((self.acceptor.take(), network));
        // What was accepted is kept, and what has become whole by that is verified.
        while self.disk.is_busy() {
            let done = self.disk.next().await;
            self.take(done);
            self.carry_out();
        }
        let held = (0..self.torrents).map(|torrent| self.held(TorrentKey(torrent))).collect();
        self.links.settle().await;
        self.post.finish().await;
        held
    }

    /// What is held of a torrent, if that is known.
    fn held(&self, torrent: TorrentKey) -> Option<PieceSet> {
        let is_known = self.session.knows_what_it_holds(torrent);
        is_known.then(|| self.session.held(torrent).clone())
    }

    /// The disk has answered.
    fn take(&mut self, done: DiskDone) {
        self.show(Act::DiskAnswered(&done));
        self.tell(Input::Disk(done));
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Add { torrent, place, answer } => {
                let now = self.now();
                let added = self.session.add_torrent(now, *torrent);
                if let Ok(key) = added {
                    self.places.insert(key, place);
                    self.torrents += 1;
                    self.show(Act::Added(key));
                }
                let _ = answer.send(added);
            }
            Command::Progress { torrent, answer } => {
                let known = torrent.0 < self.torrents;
                let _ = answer.send(known.then(|| self.session.progress(torrent)));
            }
            Command::Held { torrent, answer } => {
                let _ = answer.send((torrent.0 < self.torrents).then(|| self.held(torrent)).flatten());
            }
            Command::Scrape { tracker, info_hash } => self.tell(Input::Scrape { tracker, info_hash }),
            Command::Stop => {
                self.acceptor = None;
                self.tell(Input::Stop);
            }
        }
    }

    fn hear(&mut self, event: NetworkEvent<N::Stream>) {
        match event {
            NetworkEvent::Accepted { stream, remote } => {
                let now = self.now();
                if let Some(connection) = self.session.accept(now, remote) {
                    self.show(Act::Accepted { connection, remote });
                    self.links.open(connection, stream);
                }
            }
            NetworkEvent::Reached { connection, stream } if self.links.contains(connection) => {
                self.links.open(connection, stream);
                self.show(Act::Connected(connection));
                self.tell(Input::Connected { connection });
            }
            NetworkEvent::Received { connection, data } if self.links.contains(connection) => {
                self.show(Act::Received(connection, &data));
                self.session.receive(self.now(), connection, [data]);
            }
            NetworkEvent::Written { connection, bytes } => {
                self.links.written(connection, bytes);
                self.pull(connection);
            }
            NetworkEvent::Ended { connection } if self.links.contains(connection) => {
                self.links.forget(connection);
                self.show(Act::Closed { connection, by_itself: false });
                self.tell(Input::Closed { connection });
            }
            NetworkEvent::Datagram { from, data } => {
                self.show(Act::DatagramReceived { from, data: &data });
                self.tell(Input::Datagram { from, data });
            }
            NetworkEvent::Resolved { lookup, addresses } => self.tell(Input::Resolved { lookup, addresses }),
            // Of a connection that the session has closed meanwhile.
            NetworkEvent::Reached { .. } | NetworkEvent::Received { .. } | NetworkEvent::Ended { .. } => {}
        }
    }

    /// Does what the session asks for, until it asks for nothing more.
    fn carry_out(&mut self) {
        while let Some(output) = self.session.poll_output() {
            match output {
                Output::Connect { connection, to } => {
                    self.show(Act::Dialled { connection, to: &to });
                    self.links.dial(connection, to);
                }
                Output::Ready { connection } => {
                    self.show(Act::Ready(connection));
                    self.pull(connection);
                }
                Output::Close { connection } => {
                    self.show(Act::Closed { connection, by_itself: true });
                    self.links.close(connection);
                }
                Output::OpenStorage { torrent, metainfo } => self.open_storage(torrent, metainfo),
                Output::Disk(job) => {
                    self.show(Act::DiskAsked(&job));
                    self.disk.submit(job);
                }
                Output::Datagram { to, data } => {
                    self.show(Act::DatagramSent { to, data: &data });
                    self.post.send(to, data);
                }
                Output::Resolve { lookup, host, port } => self.post.look_up(lookup, host, port),
                Output::Event(event) => {
                    self.show(Act::Said(&event));
                    self.stopped |= event == Event::Stopped;
                    // An error means that nobody listens.
                    let _ = self.events.send(event);
                }
            }
        }
    }

    /// It is known what is to be kept.
    fn open_storage(&mut self, torrent: TorrentKey, metainfo: Arc<Metainfo>) {
        match self.places.remove(&torrent).expect("a torrent is added with its place, and opened once") {
            Place::Open(storage) => self.disk.open(torrent, Box::new(|| Ok(storage))),
            Place::Later(open) => self.disk.open(torrent, Box::new(move || open(&metainfo.info))),
        }
    }

    /// Pulls what the session wants to send, as far as there is room.
    fn pull(&mut self, connection: ConnectionId) {
        let now = self.now();
        while let Some(room) = self.links.room(connection) {
            let Some(transmit) = self.session.poll_transmit(now, connection, room) else {
                return self.show(Act::Drained(connection));
            };
            self.show(Act::Sent(connection, &transmit));
            self.links.send(connection, transmit);
        }
    }

    fn tell(&mut self, input: Input) {
        let now = self.now();
        self.session.handle_input(now, input);
    }

    /// Whoever looks on is told of it.
    fn show(&mut self, act: Act<'_>) {
        let now = self.now();
        self.witness.sees(now, &self.session, act);
    }

    fn now(&self) -> Time {
        let nanos = self.start.elapsed().as_nanos();
        Time::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    fn instant(&self, time: Time) -> Option<Instant> {
        self.start.checked_add(Duration::from_nanos(time.as_nanos()))
    }
}

/// One timer that is set anew only when the time has changed: setting it takes tokio's lock.
struct Alarm {
    sleep: Pin<Box<Sleep>>,
}

impl Alarm {
    fn new(at: Instant) -> Alarm {
        Alarm { sleep: Box::pin(sleep_until(at)) }
    }

    /// Returns at that time, or never.
    async fn ring(&mut self, at: Option<Instant>) {
        let Some(at) = at else { return std::future::pending().await };
        if self.sleep.deadline() != at {
            self.sleep.as_mut().reset(at);
        }
        self.sleep.as_mut().await;
    }
}
