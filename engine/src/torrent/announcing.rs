//! Telling the tracker, and asking it for peers.
//!
//! An announce is a connection like any other: the bytes of the request are pulled, the bytes of the answer are handed
//! in. So it is the same in every world, and the driver knows nothing of trackers.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use crate::session::context::Context;
use crate::session::routes::Route;
use crate::session::{ConnectionId, Endpoint, Event, Output, Transmit};
use crate::time::Time;
use crate::tracker::{
    AnnounceRequest, AnnounceResponse, Answer, AnswerError, AnswerReader, Event as AnnounceEvent, Host,
    TrackerUrl, UrlError,
};

use super::Torrent;
use super::timers::Timer;

/// From the first dial to the end of the answer, redirects included.
const ANNOUNCE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client that leaves waits for the tracker to hear of it.
const STOPPED_TIMEOUT: Duration = Duration::from_secs(5);
/// After a failure of all trackers; twice as long after each further one.
const BACK_OFF: Duration = Duration::from_secs(15);
/// The longest rest between tries.
const BACK_OFF_MAX: Duration = Duration::from_secs(30 * 60);
/// A download that has fewer peers than this asks for more before its time, which BEP 3 allows (BitTorrent 5's
/// `min_peers`).
const PEERS_FEW: usize = 20;
/// How soon (BitTorrent 5's `rerequest_interval`), unless the tracker says that it is too soon.
const ASK_AGAIN: Duration = Duration::from_secs(5 * 60);
/// Redirects followed for one announce.
const REDIRECTS_MAX: u32 = 5;
/// Peers asked for (BEP 3's default is 50).
const PEERS_WANTED: u32 = 50;

/// The announces of one torrent: at most one on its way at a time.
#[derive(Debug)]
pub(super) struct Announcer {
    trackers: Vec<String>,
    current: usize,
    failures: u32,
    tracker_id: Option<Vec<u8>>,
    /// A tracker knows of us.
    known: bool,
    /// When the tracker wants to hear from us again, whether we need peers or not.
    regular_at: Time,
    /// What is still to be said, in order; `None` is a plain announce.
    queue: VecDeque<Option<AnnounceEvent>>,
    flight: Option<Flight>,
}

#[derive(Debug)]
struct Flight {
    connection: ConnectionId,
    url: TrackerUrl,
    event: Option<AnnounceEvent>,
    request: Option<Bytes>,
    reader: AnswerReader,
    redirects: u32,
}

impl Announcer {
    /// Announces to these trackers, the first that answers.
    pub fn new(trackers: Vec<String>) -> Announcer {
        Announcer {
            trackers,
            current: 0,
            failures: 0,
            tracker_id: None,
            known: false,
            regular_at: Time::ZERO,
            queue: VecDeque::new(),
            flight: None,
        }
    }

    /// There is somebody to announce to.
    pub fn has_trackers(&self) -> bool {
        !self.trackers.is_empty()
    }

    /// The connection of the announce that is on its way.
    pub fn connection(&self) -> Option<ConnectionId> {
        self.flight.as_ref().map(|flight| flight.connection)
    }

    /// Announces that wait for the one on its way.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Nothing is on its way, nothing waits.
    pub fn is_idle(&self) -> bool {
        self.flight.is_none() && self.queue.is_empty()
    }
}

impl Torrent {
    pub(super) fn announce_started(&mut self, cx: &mut Context<'_>) {
        self.announce(cx, Some(AnnounceEvent::Started));
    }

    pub(super) fn announce_completed(&mut self, cx: &mut Context<'_>) {
        self.announce(cx, Some(AnnounceEvent::Completed));
    }

    /// The last announce: said only if a tracker knows of us, and not waited for beyond a few seconds.
    pub(super) fn announce_stopped(&mut self, cx: &mut Context<'_>) {
        self.announcer.queue.clear();
        if let Some(flight) = self.announcer.flight.take() {
            cx.hang_up(flight.connection);
        }
        if self.announcer.known {
            self.announce(cx, Some(AnnounceEvent::Stopped));
        }
    }

    /// The timer: the announce on its way took too long, or it is time for the next.
    pub(super) fn announce_due(&mut self, cx: &mut Context<'_>) {
        match self.announcer.flight.take() {
            Some(flight) => {
                cx.hang_up(flight.connection);
                self.announce_failed(cx, flight.event, "no answer in time".into());
            }
            None if !self.announcer.queue.is_empty() => self.announce_next(cx),
            None if cx.now >= self.announcer.regular_at || self.has_few_peers() => self.announce(cx, None),
            None => {
                let look_again = self.announcer.regular_at.min(cx.now + ASK_AGAIN);
                self.timers.set(Timer::Announce, Some(look_again));
            }
        }
    }

    fn has_few_peers(&self) -> bool {
        !self.is_seed() && self.established().count() < PEERS_FEW
    }

    fn announce(&mut self, cx: &mut Context<'_>, event: Option<AnnounceEvent>) {
        if !self.announcer.trackers.is_empty() {
            self.announcer.queue.push_back(event);
            self.announce_next(cx);
        }
    }

    fn announce_next(&mut self, cx: &mut Context<'_>) {
        if self.announcer.flight.is_some() {
            return;
        }
        let Some(event) = self.announcer.queue.pop_front() else { return };
        let url = self.announcer.trackers[self.announcer.current].parse();
        self.announce_to(cx, url, event, 0);
    }

    fn announce_to(
        &mut self,
        cx: &mut Context<'_>,
        url: Result<TrackerUrl, UrlError>,
        event: Option<AnnounceEvent>,
        redirects: u32,
    ) {
        let url = match url {
            Ok(url) => url,
            Err(error) => return self.announce_failed(cx, event, error.to_string()),
        };
        let stopping = self.is_leaving();
        let request = AnnounceRequest {
            info_hash: self.info_hash,
            peer_id: cx.config.peer_id,
            port: cx.config.listen_port,
            uploaded: self.totals.uploaded,
            downloaded: self.totals.downloaded,
            left: self.progress().bytes_left,
            event,
            numwant: Some(if stopping { 0 } else { PEERS_WANTED }),
            key: Some(cx.config.seed as u32),
            tracker_id: self.announcer.tracker_id.clone(),
        };
        let connection = cx.routes.open(Route::Tracker { torrent: self.key.0 });
        let to = match url.host() {
            Host::Ip(ip) => Endpoint::Address((*ip, url.port()).into()),
            Host::Name(name) => Endpoint::Name { host: name.clone(), port: url.port() },
        };
        cx.outputs.push_back(Output::Connect { connection, to });
        self.announcer.flight = Some(Flight {
            connection,
            request: Some(request.to_http(&url).into()),
            reader: AnswerReader::new(),
            url,
            event,
            redirects,
        });
        if redirects == 0 {
            let patience = if stopping { STOPPED_TIMEOUT } else { ANNOUNCE_TIMEOUT };
            self.timers.set(Timer::Announce, Some(cx.now + patience));
        }
    }

    /// The bytes of the request, once.
    pub fn transmit_announce(&mut self) -> Option<Transmit> {
        let head = self.announcer.flight.as_mut()?.request.take()?;
        Some(Transmit { head, body: Bytes::new() })
    }

    /// Bytes of the answer.
    pub fn announce_received(&mut self, cx: &mut Context<'_>, data: &[u8]) {
        let Some(flight) = &mut self.announcer.flight else { return };
        match flight.reader.push(data) {
            Ok(None) => {}
            Ok(Some(answer)) => self.announce_answered(cx, |_| Ok(answer)),
            Err(error) => self.announce_answered(cx, |_| Err(error)),
        }
    }

    /// The tracker closed: that may be the end of the answer.
    pub fn announce_closed(&mut self, cx: &mut Context<'_>) {
        self.announce_answered(cx, AnswerReader::finish);
    }

    fn announce_answered(
        &mut self,
        cx: &mut Context<'_>,
        answer: impl FnOnce(AnswerReader) -> Result<Answer, AnswerError>,
    ) {
        let Some(Flight { connection, url, event, reader, redirects, .. }) = self.announcer.flight.take()
        else {
            return;
        };
        cx.hang_up(connection);
        match answer(reader) {
            Ok(Answer::Accepted(response)) => self.announce_succeeded(cx, event, response),
            Ok(Answer::Failure(reason)) => self.announce_failed(cx, event, reason),
            Ok(Answer::Redirect(location)) if redirects < REDIRECTS_MAX => {
                self.announce_to(cx, url.redirect(&location), event, redirects + 1);
            }
            Ok(Answer::Redirect(_)) => self.announce_failed(cx, event, "too many redirects".into()),
            Err(error) => self.announce_failed(cx, event, error.to_string()),
        }
    }

    fn announce_succeeded(
        &mut self,
        cx: &mut Context<'_>,
        event: Option<AnnounceEvent>,
        response: AnnounceResponse,
    ) {
        self.announcer.failures = 0;
        self.announcer.tracker_id = response.tracker_id;
        self.announcer.known = event != Some(AnnounceEvent::Stopped);
        self.announcer.regular_at = cx.now + response.interval;
        let soonest = response.min_interval.unwrap_or_default().max(ASK_AGAIN).min(response.interval);
        self.timers.set(Timer::Announce, Some(cx.now + soonest));
        cx.event(Event::Announced { torrent: self.key, peers: response.peers.len() });
        self.addresses.add(response.peers);
        self.dial(cx);
        if self.is_leaving() {
            self.timers.clear();
        }
        self.announce_next(cx);
    }

    /// The next tracker is asked at once, until all have failed; then all rest.
    fn announce_failed(&mut self, cx: &mut Context<'_>, event: Option<AnnounceEvent>, error: String) {
        cx.event(Event::AnnounceFailed { torrent: self.key, error });
        if self.is_leaving() {
            return self.timers.clear();
        }
        self.announcer.queue.push_front(event);
        self.announcer.current = (self.announcer.current + 1) % self.announcer.trackers.len();
        if self.announcer.current != 0 {
            return self.announce_next(cx);
        }
        let rest = BACK_OFF * 2u32.pow(self.announcer.failures.min(16));
        self.announcer.failures += 1;
        self.timers.set(Timer::Announce, Some(cx.now + rest.min(BACK_OFF_MAX)));
    }
}
