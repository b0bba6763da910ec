//! Telling the trackers, and asking them for peers: when, and what follows from the answer.

use std::collections::VecDeque;
use std::time::Duration;

use crate::session::context::Context;
use crate::session::inquiry::{Asker, Heard, Inquiry, Outcome, Question, Reply};
use crate::session::{ConnectionId, Event, Transmit};
use crate::time::Time;
use crate::tracker::{AnnounceRequest, AnnounceResponse, Event as AnnounceEvent, UrlError};

use super::Torrent;
use super::tiers::{Tiers, TrackerAt};
use super::timers::Timer;

/// How long a client that leaves waits for the trackers to hear of it.
const STOPPED_TIMEOUT: Duration = Duration::from_secs(5);
/// Trackers that hear of it at most, those who have answered last.
pub(super) const GOODBYES_MAX: usize = 20;
/// A download that has fewer peers than this asks for more before its time, which BEP 3 allows (BitTorrent 5's
/// `min_peers`).
const PEERS_FEW: u32 = 20;
/// How soon (BitTorrent 5's `rerequest_interval`), unless the tracker says that it is too soon.
const ASK_AGAIN: Duration = Duration::from_secs(5 * 60);
/// Peers asked for (BEP 3's default is 50).
const PEERS_WANTED: u32 = 50;

/// The announces of one torrent: at most one on its way at a time, until all trackers that know us are told that we leave.
#[derive(Debug)]
pub(super) struct Announcer {
    tiers: Tiers,
    /// When the tracker wants to hear from us again, whether we need peers or not.
    regular_at: Time,
    /// What is still to be said, in order; `None` is a plain announce.
    queue: VecDeque<Option<AnnounceEvent>>,
    flights: Vec<Flight>,
}

/// An announce that is on its way.
#[derive(Debug)]
struct Flight {
    tracker: TrackerAt,
    event: Option<AnnounceEvent>,
    inquiry: Inquiry,
}

impl Announcer {
    /// Announces to these trackers, the first that answers.
    pub fn new(tiers: Tiers) -> Announcer {
        Announcer { tiers, regular_at: Time::ZERO, queue: VecDeque::new(), flights: Vec::new() }
    }

    /// There is somebody to announce to.
    pub fn has_trackers(&self) -> bool {
        !self.tiers.is_empty()
    }

    /// An announce is on its way.
    pub fn is_asking(&self) -> bool {
        !self.flights.is_empty()
    }

    /// The announces that are on their way, and to which tracker.
    pub fn inquiries(&self) -> impl Iterator<Item = (TrackerAt, &Inquiry)> {
        self.flights.iter().map(|flight| (flight.tracker, &flight.inquiry))
    }

    /// The connections of the announces that are on their way, as far as they go over one.
    pub fn connections(&self) -> impl Iterator<Item = (TrackerAt, ConnectionId)> {
        self.inquiries().filter_map(|(tracker, inquiry)| Some((tracker, inquiry.connection()?)))
    }

    /// When the first of them is to be told that nothing came.
    fn due(&self) -> Option<Time> {
        self.flights.iter().map(|flight| flight.inquiry.due()).min()
    }

    /// Announces that wait for the one on its way.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Nothing is on its way, nothing waits.
    pub fn is_idle(&self) -> bool {
        self.flights.is_empty() && self.queue.is_empty()
    }
}

impl Torrent {
    pub(super) fn announce_started(&mut self, cx: &mut Context<'_>) {
        self.announce(cx, Some(AnnounceEvent::Started));
    }

    /// Who has all is a seed from now on; who has all that it wants is one in part, which is no event of its own (BEP 21).
    pub(super) fn announce_completed(&mut self, cx: &mut Context<'_>) {
        self.announce(cx, self.is_seed().then_some(AnnounceEvent::Completed));
    }

    /// The last announce: said to every tracker that knows of us, to all at once, and not waited for beyond a few seconds. BEP 12
    /// has one tracker told of what we do; but one that has failed since it had heard of us, and has come back, would go on
    /// naming us to others.
    pub(super) fn announce_stopped(&mut self, cx: &mut Context<'_>) {
        self.announcer.queue.clear();
        for flight in std::mem::take(&mut self.announcer.flights) {
            flight.inquiry.abandon(cx);
        }
        for tracker in self.announcer.tiers.who_know_us().into_iter().take(GOODBYES_MAX) {
            self.announce_to(cx, tracker, Some(AnnounceEvent::Stopped));
        }
    }

    /// The timer: the announce on its way took too long, or it is time for the next.
    pub(super) fn announce_due(&mut self, cx: &mut Context<'_>) {
        if self.announcer.is_asking() {
            self.timers.set(Timer::Announce, self.announcer.due());
            let is_due = |flight: &&Flight| flight.inquiry.due() <= cx.now;
            let due: Vec<TrackerAt> =
                self.announcer.flights.iter().filter(is_due).map(|flight| flight.tracker).collect();
            due.into_iter().for_each(|tracker| self.announce_hears(cx, tracker, Heard::Silence));
        } else if !self.announcer.queue.is_empty() {
            self.announce_next(cx);
        } else if cx.now >= self.announcer.regular_at || self.has_few_peers() {
            self.announce(cx, None);
        } else {
            let look_again = self.announcer.regular_at.min(cx.now + ASK_AGAIN);
            self.timers.set(Timer::Announce, Some(look_again));
        }
    }

    fn has_few_peers(&self) -> bool {
        !self.is_finished() && self.met.len() < PEERS_FEW
    }

    /// News are told at once, even to those who rest.
    fn announce(&mut self, cx: &mut Context<'_>, event: Option<AnnounceEvent>) {
        if !self.announcer.has_trackers() {
            return;
        }
        if event.is_some() {
            self.announcer.tiers.wake();
        }
        self.announcer.queue.push_back(event);
        self.announce_next(cx);
    }

    /// Says what is to be said next to the first tracker that does not rest; if all do, later.
    fn announce_next(&mut self, cx: &mut Context<'_>) {
        if self.announcer.is_asking() || self.announcer.queue.is_empty() {
            return;
        }
        match self.announcer.tiers.next(cx.now) {
            Some(tracker) => {
                let event = self.announcer.queue.pop_front().flatten();
                self.announce_to(cx, tracker, event);
            }
            None => self.timers.set(Timer::Announce, self.announcer.tiers.wakes_at()),
        }
    }

    fn announce_to(&mut self, cx: &mut Context<'_>, at: TrackerAt, event: Option<AnnounceEvent>) {
        let tracker = self.announcer.tiers.tracker(at);
        let url = match tracker.url.parse() {
            Ok(url) => url,
            Err::<_, UrlError>(error) => return self.announce_failed(cx, at, event, error.to_string()),
        };
        let stopping = self.is_leaving();
        let request = AnnounceRequest {
            info_hash: self.info_hash,
            peer_id: cx.config.peer_id,
            port: cx.config.listen_port,
            uploaded: self.totals.uploaded,
            downloaded: self.totals.downloaded,
            left: self.progress().bytes_left,
            // What a tracker hears from us first is that we have started (BEP 3), whatever others know already.
            event: event
                .or((!tracker.knows_us).then_some(AnnounceEvent::Started))
                .or(self.is_partial_seed().then_some(AnnounceEvent::Paused)),
            numwant: Some(if stopping { 0 } else { PEERS_WANTED }),
            key: Some(cx.config.seed as u32),
            tracker_id: tracker.id.clone(),
        };
        let asker = Asker::Announce { torrent: self.key.0, tracker: at };
        let question = Question::Announce(request);
        let patience = stopping.then_some(STOPPED_TIMEOUT);
        let inquiry = Inquiry::begin(cx, asker, url, question, patience);
        self.announcer.flights.push(Flight { tracker: at, event, inquiry });
        self.timers.set(Timer::Announce, self.announcer.due());
    }

    /// The bytes of the request, once.
    pub fn transmit_announce(&mut self, tracker: TrackerAt) -> Option<Transmit> {
        let mut flights = self.announcer.flights.iter_mut();
        flights.find(|flight| flight.tracker == tracker)?.inquiry.transmit()
    }

    /// The tracker, or somebody about it, has said something.
    pub fn announce_hears(&mut self, cx: &mut Context<'_>, tracker: TrackerAt, heard: Heard<'_>) {
        let flights = &mut self.announcer.flights;
        let Some(at) = flights.iter().position(|flight| flight.tracker == tracker) else { return };
        match flights[at].inquiry.hear(cx, heard) {
            None => self.timers.set(Timer::Announce, self.announcer.due()),
            Some(outcome) => {
                let Flight { event, .. } = self.announcer.flights.remove(at);
                self.announce_ended(cx, tracker, event, outcome);
            }
        }
    }

    fn announce_ended(
        &mut self,
        cx: &mut Context<'_>,
        tracker: TrackerAt,
        event: Option<AnnounceEvent>,
        outcome: Outcome,
    ) {
        match outcome {
            Ok(Reply::Announced(response)) => self.announce_succeeded(cx, tracker, event, response),
            Ok(Reply::Scraped(_)) => unreachable!("an announce is answered by peers"),
            Err(error) => self.announce_failed(cx, tracker, event, error),
        }
    }

    fn announce_succeeded(
        &mut self,
        cx: &mut Context<'_>,
        tracker: TrackerAt,
        event: Option<AnnounceEvent>,
        response: AnnounceResponse,
    ) {
        let knows_us = event != Some(AnnounceEvent::Stopped);
        self.announcer.tiers.answered(tracker, response.tracker_id, knows_us);
        self.announcer.regular_at = cx.now + response.interval;
        let soonest = response.min_interval.unwrap_or_default().max(ASK_AGAIN).min(response.interval);
        self.timers.set(Timer::Announce, Some(cx.now + soonest));
        cx.event(Event::Announced { torrent: self.key, peers: response.peers.len() });
        self.addresses.add(response.peers);
        self.dial(cx);
        if self.is_leaving() {
            self.wait_for_goodbyes();
        }
        self.announce_next(cx);
    }

    /// Whoever leaves has nothing else to wait for.
    fn wait_for_goodbyes(&mut self) {
        self.timers.clear();
        self.timers.set(Timer::Announce, self.announcer.due());
    }

    /// The next tracker is asked at once, unless all rest.
    fn announce_failed(
        &mut self,
        cx: &mut Context<'_>,
        tracker: TrackerAt,
        event: Option<AnnounceEvent>,
        error: String,
    ) {
        cx.event(Event::AnnounceFailed { torrent: self.key, error });
        if self.is_leaving() {
            return self.wait_for_goodbyes();
        }
        self.announcer.queue.push_front(event);
        self.announcer.tiers.failed(tracker, cx.now);
        self.announce_next(cx);
    }
}
