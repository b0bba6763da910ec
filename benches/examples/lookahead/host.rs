//! A host: a client, its disk, its uplink, and its halves of its connections. All of it is touched by one thread only.

use xxhash_rust::xxh3::Xxh3;

use swarmlab_engine::metainfo::BLOCK_BYTES;
use swarmlab_engine::session::{ConnectionId, Endpoint, Event, Input, Output, Session};
use swarmlab_engine::storage::{SharedStore, Storage, TorrentKey};
use swarmlab_engine::time::Time;

use super::letter::{Letter, What};
use super::line::{Line, Lines};
use super::post::Post;
use super::swarm::{Swarm, dials_from};
use super::uplink::Uplink;

/// A block at a time, or what else there is to be said.
const TURN_BYTES: usize = BLOCK_BYTES as usize;

pub struct Host<'a> {
    pub number: u32,
    swarm: &'a Swarm,
    session: Session,
    store: SharedStore,
    lines: Lines,
    uplink: Uplink,
    /// When the session will be called.
    timer: Time,
    letters_written: u32,
    digest: Xxh3,
    completed: Option<Time>,
}

/// What there is to say of a host in the end.
pub struct Tally {
    pub host: u32,
    pub digest: u128,
    pub completed: Option<Time>,
    pub uploaded: u64,
    pub downloaded: u64,
    pub blocks: u64,
}

impl<'a> Host<'a> {
    /// A host that joins the swarm as soon as it gets its post.
    pub fn new(swarm: &'a Swarm, number: u32, post: &mut Post) -> Host<'a> {
        let mut host = Host {
            number,
            swarm,
            session: Session::new(swarm.session_config(number)),
            store: swarm.store(number),
            lines: Lines::default(),
            uplink: Uplink::new(swarm.up_bytes_per_s(number)),
            timer: Time::NEVER,
            letters_written: 0,
            digest: Xxh3::new(),
            completed: None,
        };
        host.write(post, Time::ZERO, number, What::Join);
        host
    }

    pub fn read(&mut self, letter: Letter, post: &mut Post) {
        let Letter { at: now, from, what, .. } = letter;
        let (kind, bytes) = what.outline();
        self.note(now, kind, from, bytes as u32);
        match what {
            What::Join => {
                let torrent = self.swarm.torrent(self.number);
                self.session.add_torrent(now, torrent).expect("a picker and a choker that exist");
            }
            What::Timeout => {
                if self.timer <= now {
                    self.timer = Time::NEVER;
                }
                self.session.handle_timeout(now);
            }
            What::Turn => self.uplink.called = false,
            What::Dial { theirs } => self.dialled(now, from, theirs, post),
            What::Accepted { line: id, theirs } => match self.lines.find(id) {
                Some(line) => {
                    line.theirs = Some(theirs);
                    self.session.handle_input(now, Input::Connected { connection: id });
                }
                None => {
                    let at = now + self.swarm.latency(self.number, from);
                    self.write(post, at, from, What::Closed { line: theirs });
                }
            },
            What::Closed { line: id } => {
                if self.lines.close(id).is_some() {
                    self.session.handle_input(now, Input::Closed { connection: id });
                }
            }
            What::Data { line: id, head, body } => {
                if let Some(&mut Line { theirs: Some(theirs), latency, .. }) = self.lines.find(id) {
                    self.write(post, now + latency, from, What::Acknowledged { line: theirs, bytes });
                    let data = [head, body].into_iter().filter(|bytes| !bytes.is_empty());
                    self.session.receive(now, id, data);
                }
            }
            What::Acknowledged { line: id, bytes } => {
                if let Some(line) = self.lines.find(id) {
                    line.unacknowledged -= bytes;
                    self.uplink.queue(line);
                }
            }
        }
        self.attend(now, post);
    }

    fn dialled(&mut self, now: Time, from: u32, theirs: ConnectionId, post: &mut Post) {
        let latency = self.swarm.latency(self.number, from);
        let answer = match self.session.accept(now, dials_from(from)) {
            Some(id) => {
                self.lines.open(Line::new(id, from, Some(theirs), latency));
                What::Accepted { line: theirs, theirs: id }
            }
            None => What::Closed { line: theirs },
        };
        self.write(post, now + latency, from, answer);
    }

    /// Does everything that the session asks for, sends what there is time for, and sees to it that both go on.
    fn attend(&mut self, now: Time, post: &mut Post) {
        loop {
            while let Some(output) = self.session.poll_output() {
                self.carry_out(now, output, post);
            }
            let Some(id) = self.uplink.turn(now) else { break };
            self.take_turn(now, id, post);
        }
        if let Some(at) = self.session.poll_timeout()
            && at < self.timer
        {
            self.timer = at.max(now);
            self.write(post, self.timer, self.number, What::Timeout);
        }
        if self.uplink.has_turns() && !self.uplink.called {
            self.uplink.called = true;
            self.write(post, self.uplink.free_at, self.number, What::Turn);
        }
    }

    fn carry_out(&mut self, now: Time, output: Output, post: &mut Post) {
        match output {
            Output::Connect { connection, to } => self.dial(now, connection, &to, post),
            Output::Ready { connection } => {
                if let Some(line) = self.lines.find(connection) {
                    line.ready = true;
                    self.uplink.queue(line);
                }
            }
            Output::Close { connection } => {
                // Who has not accepted yet hears of it when it has.
                if let Some(mut line) = self.lines.close(connection)
                    && let Some(theirs) = line.theirs
                {
                    self.write(post, line.arrival(now), line.remote, What::Closed { line: theirs });
                }
            }
            Output::Disk(job) => {
                let done = self.store.perform(job);
                self.session.handle_input(now, Input::Disk(done));
            }
            Output::Event(Event::PieceVerified { piece, .. }) => self.note(now, b'v', self.number, piece),
            Output::Event(Event::Completed { .. }) => {
                self.note(now, b'c', self.number, 0);
                self.completed = Some(now);
                post.completed += 1;
            }
            Output::Event(_) | Output::OpenStorage { .. } => {}
            Output::Datagram { .. } | Output::Resolve { .. } => unreachable!("there are no trackers"),
        }
    }

    fn dial(&mut self, now: Time, connection: ConnectionId, to: &Endpoint, post: &mut Post) {
        let remote = self.swarm.host_at(to).expect("hosts know of hosts only");
        let latency = self.swarm.latency(self.number, remote);
        self.lines.open(Line::new(connection, remote, None, latency));
        self.write(post, now + latency, remote, What::Dial { theirs: connection });
    }

    /// The line sends one thing, if it still has one.
    fn take_turn(&mut self, now: Time, id: ConnectionId, post: &mut Post) {
        let Some(line) = self.lines.find(id) else { return };
        line.queued = false;
        let Some(theirs) = line.theirs else { return };
        let Some(transmit) = self.session.poll_transmit(now, id, line.room().min(TURN_BYTES)) else {
            line.ready = false;
            return;
        };
        line.unacknowledged += transmit.len();
        let (at, remote) = (line.arrival(self.uplink.send(now, transmit.len())), line.remote);
        self.uplink.queue(line);
        self.write(post, at, remote, What::Data { line: theirs, head: transmit.head, body: transmit.body });
    }

    fn write(&mut self, post: &mut Post, at: Time, to: u32, what: What) {
        post.put(Letter { at, to, from: self.number, number: self.letters_written, what });
        self.letters_written += 1;
    }

    fn note(&mut self, now: Time, kind: u8, from: u32, value: u32) {
        let mut noted = [kind; 17];
        noted[..8].copy_from_slice(&now.as_nanos().to_le_bytes());
        noted[8..12].copy_from_slice(&from.to_le_bytes());
        noted[12..16].copy_from_slice(&value.to_le_bytes());
        self.digest.update(&noted);
    }

    pub fn tally(&self) -> Tally {
        let totals = self.session.progress(TorrentKey(0)).totals;
        Tally {
            host: self.number,
            digest: self.digest.digest128(),
            completed: self.completed,
            uploaded: totals.uploaded,
            downloaded: totals.downloaded,
            blocks: totals.blocks,
        }
    }
}
