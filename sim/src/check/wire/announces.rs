//! Rules about announces (S32): the requests to the tracker, read as they leave, whether on streams or in datagrams.
//!
//! Over UDP an announce begins with what asks for a connection id, if the client has none. What has got lost is said
//! again, word for word, and not before 15 s have passed (BEP 15); since it can't be seen whether a client still waits, it
//! is not judged there whether two announces are on their way at a time. What is said under a connection id is said under
//! one that the tracker has given within a minute (BEP 15).
//!
//! What this client documents beside the interval: an announce that failed is tried again after 15 s, twice as long after
//! each further failure, and 30 min at most; a download with fewer than 20 peers asks again after five minutes; what has
//! changed (`completed`, `stopped`) is said at once, and whatever had failed before it goes first. Who leaves says so to the
//! tracker that knows of it, or tries to.

use std::collections::VecDeque;
use std::time::Duration;

use swarmlab_engine::session::ConnectionId;
use swarmlab_engine::time::Time;

use super::datagram::{self, Said};
use super::own::Own;
use super::query::{self, Query};
use super::verdict::{Verdict, breach, holds};

const BACK_OFF: Duration = Duration::from_secs(15);
const BACK_OFF_MAX: Duration = Duration::from_secs(30 * 60);
const ASK_AGAIN: Duration = Duration::from_secs(5 * 60);
const PEERS_FEW: usize = 20;
/// How long an answer over UDP is waited for at least.
const PATIENCE: Duration = Duration::from_secs(15);
/// What a tracker says of its interval is kept within these.
const INTERVAL_MIN: Duration = Duration::from_secs(30);
const INTERVAL_MAX: Duration = Duration::from_secs(24 * 3600);
/// How long a connection id is good (BEP 15).
const ID_LIFE: Duration = Duration::from_secs(60);
/// Ids that are remembered: a client asks for one after the other.
const IDS_KEPT: usize = 4;
/// Of an answer so much is kept: the interval stands before the peers.
const ANSWER_BYTES_KEPT: usize = 2048;

/// The announces of one client.
#[derive(Debug, Default)]
pub struct Announces {
    flight: Option<Flight>,
    /// It had everything when it began.
    began_complete: bool,
    has_started: bool,
    has_completed: bool,
    has_stopped: bool,
    has_left: bool,
    /// When a tracker accepted last; how soon it may be asked again, by all and by a download with few peers.
    accepted: Option<Accepted>,
    /// When it failed last since then, and how often.
    failed: Option<(Time, u32)>,
    last: Option<Query>,
    /// The connection ids that the tracker has given over UDP, and when; the latest few.
    ids: VecDeque<([u8; 8], Time)>,
    /// What it had sent, and what it lacked, when the last step ended.
    before: (u64, u64),
}

#[derive(Clone, Copy, Debug)]
struct Accepted {
    regular_at: Time,
    soonest_at: Time,
}

/// What an announce goes over.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Stream(ConnectionId),
    /// Datagrams: what was sent last, and when.
    Datagrams(Time, Vec<u8>),
}

#[derive(Debug)]
struct Flight {
    line: Line,
    is_open: bool,
    begun: Time,
    has_few_peers: bool,
    /// Payload sent: at the least, at the most.
    uploaded: (u64, u64),
    downloaded_max: u64,
    left: (u64, u64),
    request: Vec<u8>,
    said: Option<Query>,
    answer: Vec<u8>,
}

impl Announces {
    /// It dials the tracker, with so many peers connected.
    pub fn opened(&mut self, now: Time, connection: ConnectionId, own: &Own, peers: usize) -> Verdict {
        let in_parallel = self.flight.as_ref().is_some_and(|flight| flight.is_open);
        self.begin(now, Line::Stream(connection), own, peers);
        holds(!in_parallel, "S32", || "a second announce while one is on its way".into())
    }

    fn begin(&mut self, now: Time, line: Line, own: &Own, peers: usize) {
        let is_complete = own.verified.is_full();
        if self.flight.is_none() {
            self.began_complete = is_complete;
            self.before = (own.uploaded, own.left());
        }
        let ((uploaded, left), uploaded_max) = (self.before, own.uploaded);
        self.flight = Some(Flight {
            line,
            is_open: true,
            begun: now,
            has_few_peers: peers < PEERS_FEW && !is_complete,
            uploaded: (uploaded, uploaded_max),
            downloaded_max: own.downloaded,
            left: (own.left().min(left), own.left().max(left)),
            request: Vec::new(),
            said: None,
            answer: Vec::new(),
        });
    }

    /// It sends the tracker a datagram, with so many peers connected.
    pub fn datagram_sent(&mut self, now: Time, data: &[u8], own: &Own, peers: usize) -> Verdict {
        let Some(said) = datagram::read(data) else {
            return breach("S32", || format!("a datagram that is no request: {}", data.escape_ascii()));
        };
        let open = self.flight.as_mut().filter(|flight| flight.is_open);
        let before = open.and_then(|flight| match &mut flight.line {
            Line::Datagrams(at, before) => {
                Some((std::mem::replace(at, now), std::mem::replace(before, data.into())))
            }
            Line::Stream(_) => None,
        });
        if let Some((at, before)) = &before
            && before == data
        {
            let waited = now - *at;
            return holds(waited >= PATIENCE, "S32", || {
                format!("said again to the tracker after {:.3} s", waited.as_secs_f64())
            });
        }
        match (said, before) {
            (Said::Connect, Some(_)) => self.begin_again(own),
            (Said::Connect, None) => self.begin(now, Line::Datagrams(now, data.into()), own, peers),
            (Said::Announce(query), before) => {
                let is_good = |(id, at): &([u8; 8], Time)| data.starts_with(id) && now < *at + ID_LIFE;
                holds(self.ids.iter().any(is_good), "S32", || {
                    "an announce under a connection id that the tracker has not given within a minute".into()
                })?;
                match before {
                    None => self.begin(now, Line::Datagrams(now, data.into()), own, peers),
                    Some(_) => self.begin_again(own),
                }
                return self.says(own, query);
            }
        }
        Ok(())
    }

    /// It goes on with what it was about to say, or says something newer instead: what it counts may be as it was then, or
    /// as it is now.
    fn begin_again(&mut self, own: &Own) {
        let Some(flight) = &mut self.flight else { return };
        flight.said = None;
        let (least, most) = flight.left;
        flight.uploaded.1 = own.uploaded;
        // It grows when the metadata come: until then nobody knows how much there is.
        flight.left = (least.min(own.left()), most.max(own.left()));
        flight.downloaded_max = own.downloaded;
    }

    /// The tracker answers by a datagram.
    pub fn datagram_received(&mut self, now: Time, data: &[u8]) {
        if let Some(id) = datagram::connection_id(data) {
            self.ids.push_back((id, now));
            self.ids.drain(..self.ids.len().saturating_sub(IDS_KEPT));
        }
        let flight = self.flight.as_mut().filter(|flight| flight.is_open);
        if let Some(flight) = flight
            && let Line::Datagrams(_, request) = &flight.line
            && datagram::answers(data, request)
        {
            flight.answer = datagram::as_bencoding(data).unwrap_or_default();
        }
    }

    /// Whether this is the connection of an announce.
    pub fn has(&self, connection: ConnectionId) -> bool {
        let is_it = |flight: &Flight| flight.is_open && flight.line == Line::Stream(connection);
        self.flight.as_ref().is_some_and(is_it)
    }

    /// It sends a part of its request.
    pub fn sent(&mut self, own: &Own, bytes: &[u8]) -> Verdict {
        let Some(flight) = &mut self.flight else { return Ok(()) };
        flight.request.extend_from_slice(bytes);
        if !flight.request.ends_with(b"\r\n\r\n") {
            return Ok(());
        }
        let Some(said) = query::read(&flight.request) else {
            return breach("S32", || String::from_utf8_lossy(&flight.request).into_owned());
        };
        self.says(own, said)
    }

    fn says(&mut self, own: &Own, said: Query) -> Verdict {
        let Some(flight) = &mut self.flight else { return Ok(()) };
        flight.said = Some(said.clone());
        self.judge(own, &said)?;
        self.has_stopped |= said.event == "stopped";
        self.last = Some(said);
        Ok(())
    }

    /// The tracker answers.
    pub fn received(&mut self, bytes: &[u8]) {
        if let Some(flight) = &mut self.flight {
            let room = ANSWER_BYTES_KEPT - flight.answer.len().min(ANSWER_BYTES_KEPT);
            flight.answer.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }

    /// The connection is over.
    pub fn closed(&mut self) {
        self.flight.iter_mut().for_each(|flight| flight.is_open = false);
    }

    /// It takes the answer for one that accepts.
    pub fn accepted(&mut self, now: Time) {
        let Some(flight) = &self.flight else { return };
        let span = |key| query::seconds(&flight.answer, key).map(Duration::from_secs);
        let clamped = |span: Duration| span.clamp(INTERVAL_MIN, INTERVAL_MAX);
        let interval = clamped(span(b"8:interval").unwrap_or(INTERVAL_MIN));
        let least = span(b"12:min interval").map(clamped).unwrap_or_default();
        let soonest = ASK_AGAIN.max(least).min(interval);
        self.accepted = Some(Accepted { regular_at: now + interval, soonest_at: now + soonest });
        self.failed = None;
        let event = flight.said.as_ref().map(|said| &*said.event);
        self.has_started |= event == Some("started");
        self.has_completed |= event == Some("completed");
        self.has_left |= event == Some("stopped");
        self.datagrams_are_over();
    }

    /// It takes it for a failure.
    pub fn failed(&mut self, now: Time) {
        self.datagrams_are_over();
        let failures = self.failed.map_or(0, |(_, failures)| failures);
        self.failed = Some((now, failures + 1));
    }

    /// Of a stream it is seen when it is over.
    fn datagrams_are_over(&mut self) {
        let flights = self.flight.iter_mut();
        flights
            .filter(|flight| matches!(flight.line, Line::Datagrams(..)))
            .for_each(|flight| flight.is_open = false);
    }

    /// It has left. Where a tracker knows of it, what it has told trackers last, or was about to tell, is that.
    pub fn left(&self) -> Verdict {
        let said_something_else = self.flight.as_ref().is_none_or(|flight| flight.said.is_some());
        holds(self.accepted.is_none() || self.has_stopped || !said_something_else, "S32", || {
            "it has left, and has not said `stopped` to the tracker that knows of it".into()
        })
    }

    /// A step is over.
    pub fn end_step(&mut self, own: &Own) {
        self.before = (own.uploaded, own.left());
    }

    fn judge(&self, own: &Own, said: &Query) -> Verdict {
        self.s32_events_come_in_their_order(own, said)?;
        self.s32_the_interval_is_kept(own, said)?;
        self.s32_it_is_the_same_client(own, said)?;
        self.s32_counters_are_right(said)
    }

    fn s32_events_come_in_their_order(&self, own: &Own, said: &Query) -> Verdict {
        let wrong = |what: &str| breach("S32", || format!("an announce of {:?}: {what}", said.event));
        match &*said.event {
            "stopped" if self.has_left => wrong("it was accepted before"),
            event if self.has_stopped && event != "stopped" => wrong("it has said `stopped`"),
            "started" if self.has_started => wrong("it was accepted before"),
            "started" => Ok(()),
            "stopped" if self.accepted.is_none() => wrong("no tracker knows of it"),
            "stopped" => Ok(()),
            _ if !self.has_started => wrong("`started` was not accepted"),
            "completed" if self.has_completed => wrong("it was accepted before"),
            "completed" if self.began_complete => wrong("it had everything from the start"),
            "completed" if !own.verified.is_full() => wrong("pieces are missing"),
            "" | "completed" => Ok(()),
            _ => wrong("there is no such event"),
        }
    }

    fn s32_the_interval_is_kept(&self, own: &Own, said: &Query) -> Verdict {
        let Some(flight) = &self.flight else { return Ok(()) };
        if matches!(&*said.event, "stopped" | "completed") {
            return Ok(());
        }
        if let Some((at, failures)) = self.failed {
            let rest = BACK_OFF_MAX.min(BACK_OFF * 2u32.pow((failures - 1).min(16)));
            // News go out at once, and what failed before them goes first.
            let has_news = own.verified.is_full() && own.verified_at.last().is_some_and(|last| *last >= at);
            return holds(flight.begun >= at + rest || has_news, "S32", || {
                format!(
                    "an announce {:.3} s after the last of {failures} failures",
                    (flight.begun - at).as_secs_f64()
                )
            });
        }
        let Some(Accepted { regular_at, soonest_at }) = self.accepted else { return Ok(()) };
        let due = if flight.has_few_peers { soonest_at } else { regular_at };
        holds(flight.begun >= due, "S32", || {
            format!("an announce {:.3} s before its time", (due - flight.begun).as_secs_f64())
        })
    }

    fn s32_it_is_the_same_client(&self, own: &Own, said: &Query) -> Verdict {
        let is_known =
            |info_hash: &[u8], peer_id: &[u8]| said.info_hash == info_hash && said.peer_id == peer_id;
        let of_peers = own.identity.is_none_or(|(info_hash, peer_id)| is_known(&info_hash, &peer_id));
        let as_before = self.last.as_ref().is_none_or(|last| is_known(&last.info_hash, &last.peer_id));
        holds(of_peers && as_before, "S32", || "an announce of another torrent or peer id".into())
    }

    fn s32_counters_are_right(&self, said: &Query) -> Verdict {
        let Some(flight) = &self.flight else { return Ok(()) };
        if let Some(last) = &self.last {
            let grew = said.uploaded >= last.uploaded && said.downloaded >= last.downloaded;
            holds(grew, "S32", || "a counter of an announce has gone down".into())?;
        }
        let within = |value, (least, most): (u64, u64)| least <= value && value <= most;
        let Query { uploaded, downloaded, left, .. } = *said;
        holds(within(uploaded, flight.uploaded), "S32", || {
            format!("{uploaded} bytes uploaded, not {:?}", flight.uploaded)
        })?;
        holds(downloaded <= flight.downloaded_max, "S32", || {
            format!("{downloaded} bytes downloaded, {} came", flight.downloaded_max)
        })?;
        holds(within(left, flight.left), "S32", || format!("{left} bytes left, not {:?}", flight.left))
    }
}
