//! One client as it is judged: itself, its connections, and what has happened in this step.

use bytes::Bytes;

use swarmlab_engine::metainfo::Geometry;
use swarmlab_engine::session::{ConnectionId, Event, StartWith, TorrentConfig, Transmit};
use swarmlab_engine::time::Time;

use super::announces::Announces;
use super::choking::{Change, Moments};
use super::conversation::Conversation;
use super::message::Said;
use super::own::Own;
use super::reader::Fragment;
use super::scene::Scene;
use super::verdict::{Breach, Verdict, breach};
use super::{announcement, dialling, extensions, serving};
use crate::check::judge::Bench;
use crate::check::{Partner, Seen, Setting};
use crate::network::EndId;

/// A client that is judged.
pub struct Client {
    pub(super) own: Own,
    pub(super) announces: Announces,
    /// By the place that their ids name.
    pub(super) conversations: Vec<Option<Box<Conversation>>>,
    pub(super) moments: Moments,
    /// Choked or unchoked in this step.
    pub(super) changes: Vec<Change>,
    /// Heard in this step.
    pub(super) heard: Vec<usize>,
    /// What was not said in this step though it should have been.
    pub(super) missing: Vec<(ConnectionId, Breach)>,
    /// A piece was verified in this step: the interest in everybody may have changed.
    pub(super) has_verified: bool,
    /// Connections may have become more in this step.
    pub(super) has_met: bool,
    /// Who takes an upload slot may have changed in this step.
    pub(super) slots_moved: bool,
    /// It has left something unsaid, unless its stream is over and it has not heard of that.
    pub is_suspect: bool,
}

impl Client {
    /// A client that has come.
    pub fn new(
        number: u32,
        geometry: Geometry,
        start: &StartWith,
        config: &TorrentConfig,
        knows_torrent: bool,
    ) -> Client {
        Client {
            own: Own::new(number, geometry, start, config, knows_torrent),
            announces: Announces::default(),
            conversations: Vec::new(),
            moments: Moments::default(),
            changes: Vec::new(),
            heard: Vec::new(),
            missing: Vec::new(),
            has_verified: false,
            has_met: false,
            slots_moved: false,
            is_suspect: false,
        }
    }

    /// It was given something, or did something.
    pub fn see(&mut self, bench: &mut Bench<'_>, seen: &Seen<'_>) {
        match *seen {
            Seen::Opened { connection, end, with, dialled } => match with {
                Partner::Tracker => self.calls_tracker(bench, connection),
                Partner::Peer(with) => self.meets(bench, connection, end, with, dialled),
            },
            Seen::Connected(connection) => {
                self.conversation(connection)
                    .into_iter()
                    .for_each(|conversation| conversation.is_connected = true);
            }
            Seen::Received(connection, data) => self.received(bench, connection, data),
            Seen::Ready(connection) => {
                if let Some(conversation) = find(&mut self.conversations, connection) {
                    conversation.begins_to_say(bench.now, &self.own);
                }
            }
            Seen::Sent(connection, transmit) => self.sent(bench, connection, transmit),
            Seen::Drained(connection) => self.drained(bench, connection),
            Seen::Closed { connection, .. } => self.closed(bench.now, connection),
            Seen::DatagramSent { to: Partner::Tracker, data } => self.sends_to_tracker(bench, data),
            Seen::DatagramReceived { from: Partner::Tracker, data } => {
                self.announces.datagram_received(bench.now, data)
            }
            // Clients say nothing to each other in datagrams.
            Seen::DatagramSent { .. } | Seen::DatagramReceived { .. } => {}
            Seen::DiskAsked(job) => {
                let verdict = self.own.asks_disk(job);
                self.report(bench, verdict, None);
            }
            Seen::DiskAnswered(done) => {
                if let Some(piece) = self.own.disk_answers(bench.now, done, &bench.setting.content) {
                    self.has_verified = true;
                    self.conversations
                        .iter_mut()
                        .flatten()
                        .for_each(|conversation| conversation.verified(piece));
                }
            }
            Seen::Said(event) => self.said(bench, event),
            Seen::TimedOut => self.moments.timed_out = true,
            Seen::Settled(_) => self.settle(bench),
            Seen::Came { .. } | Seen::Gone | Seen::Rated { .. } | Seen::Frozen | Seen::Thawed => {}
        }
    }

    fn sends_to_tracker(&mut self, bench: &mut Bench<'_>, data: &[u8]) {
        let peers = self.peers();
        let verdict = self.announces.datagram_sent(bench.now, data, &self.own, peers);
        self.report(bench, verdict, None);
    }

    /// How many have introduced themselves.
    fn peers(&self) -> usize {
        self.all().filter(|conversation| conversation.theirs.is_some()).count()
    }

    fn calls_tracker(&mut self, bench: &mut Bench<'_>, connection: ConnectionId) {
        let peers = self.peers();
        let verdict = self.announces.opened(bench.now, connection, &self.own, peers);
        self.report(bench, verdict, None);
    }

    fn meets(
        &mut self,
        bench: &mut Bench<'_>,
        connection: ConnectionId,
        end: EndId,
        with: u32,
        dialled: bool,
    ) {
        let slot = connection.slot();
        if self.conversations.len() <= slot {
            self.conversations.resize_with(slot + 1, || None);
        }
        let conversation = Conversation::new(connection, end, with, dialled, &self.own);
        self.conversations[slot] = Some(Box::new(conversation));
        if dialled {
            self.has_met = true;
            let verdict = dialling::s28_a_dial_is_welcome(&self.own, with, self.all());
            self.report(bench, verdict, Some(slot));
        }
    }

    fn received(&mut self, bench: &mut Bench<'_>, connection: ConnectionId, data: &Bytes) {
        if self.announces.has(connection) {
            return self.announces.received(data);
        }
        let Some(conversation) = find(&mut self.conversations, connection) else { return };
        self.heard.push(connection.slot());
        let mut fragment = Fragment::new(data);
        while !conversation.is_lost {
            let said = match conversation.incoming.next(&mut fragment) {
                Ok(Some(said)) => said,
                Ok(None) => return,
                Err(_) => {
                    conversation.is_lost = true;
                    return;
                }
            };
            conversation.transcript.add(bench.now, false, &said);
            conversation.heard(&mut self.own, &said);
            match said {
                Said::Handshake(theirs) => {
                    self.own.acquaintances.met(conversation.with);
                    self.has_met = true;
                    self.own.has_met_itself |= conversation.with == self.own.number && theirs.is_bittorrent;
                }
                Said::Interested | Said::NotInterested => {
                    self.moments.vacancy = true;
                    self.slots_moved = true;
                }
                _ => {}
            }
        }
    }

    fn sent(&mut self, bench: &mut Bench<'_>, connection: ConnectionId, transmit: &Transmit) {
        if self.announces.has(connection) {
            let verdict = self.announces.sent(&self.own, &transmit.head);
            return self.report(bench, verdict, None);
        }
        let Some(conversation) = find(&mut self.conversations, connection) else {
            let verdict = breach("S9", || format!("bytes on connection {connection}, which is over"));
            return self.report(bench, verdict, None);
        };
        conversation.begins_to_say(bench.now, &self.own);
        for bytes in [&transmit.head, &transmit.body] {
            let mut fragment = Fragment::new(bytes);
            let verdict = loop {
                match conversation.outgoing.next(&mut fragment) {
                    Ok(None) => break Ok(()),
                    Err(_) => break breach("S20", || "a message whose length doesn't fit".into()),
                    Ok(Some(said)) => {
                        conversation.transcript.add(bench.now, true, &said);
                        if let Err(wrong) =
                            speak(bench.now, bench.setting, &mut self.own, conversation, &said)
                        {
                            break Err(wrong);
                        }
                        if matches!(said, Said::Choke | Said::Unchoke) {
                            self.changes.push(Change::new(conversation, matches!(said, Said::Choke)));
                            self.slots_moved = true;
                        }
                    }
                }
            };
            if verdict.is_err() {
                return self.report(bench, verdict, Some(connection.slot()));
            }
        }
    }

    /// It has nothing more to say here; so it has if it has ended the connection a moment ago, and the world has not
    /// come to that yet. What is missing is told of at the end of the step, if the connection stands.
    fn drained(&mut self, bench: &Bench<'_>, connection: ConnectionId) {
        let Some(conversation) = find(&mut self.conversations, connection) else { return };
        let scene = Scene { setting: bench.setting, own: &self.own, conversation };
        let verdict = serving::s10_what_is_not_served_is_rejected(&scene)
            .and_then(|()| announcement::s13_what_was_verified_is_announced(&self.own, conversation))
            .and_then(|()| conversation.extensions.s45_requests_are_answered());
        conversation.drained();
        self.missing.extend(verdict.err().map(|breach| (connection, breach)));
    }

    fn closed(&mut self, now: Time, connection: ConnectionId) {
        if self.announces.has(connection) {
            self.announces.closed();
        } else if let Some(conversation) = find(&mut self.conversations, connection) {
            if conversation.theirs.is_some() {
                self.own.acquaintances.parted(now, conversation.with);
            }
            self.conversations[connection.slot()] = None;
            self.moments.vacancy = true;
        }
    }

    fn said(&mut self, bench: &mut Bench<'_>, event: &Event) {
        match event {
            Event::MetadataReceived { .. } => {
                self.own.knows_torrent = true;
                // What was said before counts from now on.
                self.has_verified = true;
            }
            Event::Announced { .. } => self.announces.accepted(bench.now),
            Event::AnnounceFailed { .. } => self.announces.failed(bench.now),
            Event::Stopped => self.report(bench, self.announces.left(), None),
            Event::PeerConnected { connection, remote, .. } => {
                let conversation = find(&mut self.conversations, *connection);
                conversation.into_iter().for_each(|conversation| conversation.address = Some(remote.ip()));
            }
            Event::PeerBanned { remote, .. } => {
                let banned = self.all().find(|conversation| conversation.address == Some(remote.ip()));
                let number = banned.map(|conversation| conversation.with);
                self.own.banned.extend(number);
            }
            _ => {}
        }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Conversation> + Clone {
        self.conversations.iter().flatten().map(|conversation| &**conversation)
    }

    fn conversation(&mut self, connection: ConnectionId) -> Option<&mut Conversation> {
        find(&mut self.conversations, connection)
    }

    /// Tells of a property that does not hold, with the connection that it is about.
    pub(super) fn report(&self, bench: &mut Bench<'_>, verdict: Verdict, slot: Option<usize>) {
        let Err(Breach { property, what }) = verdict else { return };
        match slot.and_then(|slot| self.conversations[slot].as_deref()) {
            Some(with) => {
                bench.violated(property, [self.own.number, with.with], what, with.transcript.lines())
            }
            None => bench.violated(property, [self.own.number], what, []),
        }
    }
}

pub(super) fn find(
    conversations: &mut [Option<Box<Conversation>>],
    connection: ConnectionId,
) -> Option<&mut Conversation> {
    let found = conversations.get_mut(connection.slot())?.as_deref_mut()?;
    (found.connection == connection).then_some(found)
}

/// Judges one thing that a client says, and takes note of it.
fn speak(
    now: Time,
    setting: &Setting,
    own: &mut Own,
    conversation: &mut Conversation,
    said: &Said,
) -> Verdict {
    match said {
        Said::Piece(block, _) => {
            let served = conversation.pending.serve(block);
            serving::judge_served(block, served)?;
        }
        Said::Reject(block) => {
            let rejected = conversation.pending.reject(block);
            serving::s10_a_reject_answers_a_request(block, rejected)?;
            serving::s10_what_is_allowed_is_served(own, conversation, block, rejected)?;
        }
        _ => {}
    }
    let scene = Scene { setting, own, conversation };
    scene.judge(said)?;
    extensions::judge(now, &scene, said)?;
    conversation.spoke(now, own, said);
    Ok(())
}
