//! One question to one tracker, from the URL to the answer, whichever way the tracker is spoken to.
//!
//! Whoever asks has an [`Inquiry`], hands it what it hears ([`Heard`]), and is given the outcome once. Until then it says
//! by when it wants to be told that nothing came. Which tracker is asked when, and what follows from the answer, is the
//! asker's business.

mod connection_ids;
mod over_http;
mod over_udp;

use std::net::SocketAddr;
use std::time::Duration;

use crate::metainfo::InfoHash;
use crate::time::Time;
use crate::tracker::{
    AnnounceRequest, AnnounceResponse, Answer, Scheme, ScrapeResponse, SwarmCounts, TrackerUrl,
};

use crate::torrent::TrackerAt;

use super::context::Context;
use super::{ConnectionId, Transmit};

pub(crate) use connection_ids::ConnectionIds;
use over_http::OverHttp;
use over_udp::OverUdp;

/// From the first dial to the end of the answer, redirects included. Over UDP each request has a patience of its own.
pub(crate) const HTTP_TIMEOUT: Duration = Duration::from_secs(30);
/// Redirects followed for one question.
const REDIRECTS_MAX: u32 = 5;

/// Whose question it is: where answers go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Asker {
    /// A torrent that announces itself to one of its trackers.
    Announce { torrent: u32, tracker: TrackerAt },
    /// A scrape of the session.
    Scrape { number: u32 },
}

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) enum Question {
    Announce(AnnounceRequest),
    Scrape(InfoHash),
}

/// What an asker hears.
#[derive(Debug)]
pub(crate) enum Heard<'a> {
    /// Bytes of the stream.
    Bytes(&'a [u8]),
    /// The stream is over.
    Closed,
    /// A datagram that was waited for.
    Datagram(&'a [u8]),
    /// What the tracker's name stands for.
    Addresses(Vec<SocketAddr>),
    /// It is time to do something about the silence.
    Silence,
}

/// What a tracker has accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    Announced(AnnounceResponse),
    Scraped(SwarmCounts),
}

/// What came of a question; if nothing, why, for people.
pub(crate) type Outcome = Result<Reply, String>;

/// A question that is on its way.
#[derive(Debug)]
pub(crate) struct Inquiry {
    asker: Asker,
    question: Question,
    url: TrackerUrl,
    line: Line,
    /// When it is given up, whatever has happened by then.
    until: Time,
    redirects: u32,
}

#[derive(Debug)]
enum Line {
    Http(OverHttp),
    Udp(OverUdp),
}

/// What one thing that was heard has come to.
enum Step {
    /// There is more to wait for.
    Wait,
    /// The tracker has answered.
    Answered(Answer<Reply>),
    /// It has not, and will not.
    Failed(String),
}

impl Inquiry {
    /// Asks. It is given up after `patience` at the latest; if not said, when the way of asking gives up by itself.
    pub fn begin(
        cx: &mut Context<'_>,
        asker: Asker,
        url: TrackerUrl,
        question: Question,
        patience: Option<Duration>,
    ) -> Inquiry {
        let usual = match url.scheme() {
            Scheme::Http => Some(HTTP_TIMEOUT),
            Scheme::Udp => None,
        };
        let until = patience.or(usual).map_or(Time::NEVER, |patience| cx.now + patience);
        let line = Line::open(cx, asker, &url, &question);
        Inquiry { asker, question, url, line, until, redirects: 0 }
    }

    /// When the silence is to be heard, if nothing else is before.
    pub fn due(&self) -> Time {
        match &self.line {
            Line::Http(_) => self.until,
            Line::Udp(line) => self.until.min(line.due()),
        }
    }

    /// Its stream, if it has one.
    pub fn connection(&self) -> Option<ConnectionId> {
        match &self.line {
            Line::Http(line) => Some(line.connection()),
            Line::Udp(_) => None,
        }
    }

    /// Whether it waits for a datagram or for what a name stands for.
    pub fn waits_for_datagrams(&self) -> bool {
        matches!(self.line, Line::Udp(_))
    }

    /// The bytes of the request, once.
    pub fn transmit(&mut self) -> Option<Transmit> {
        match &mut self.line {
            Line::Http(line) => line.transmit(),
            Line::Udp(_) => None,
        }
    }

    /// Something was heard. With the outcome the inquiry is over: nothing of it is left anywhere.
    pub fn hear(&mut self, cx: &mut Context<'_>, heard: Heard<'_>) -> Option<Outcome> {
        let is_over = matches!(heard, Heard::Silence) && cx.now >= self.until;
        let step = match &mut self.line {
            _ if is_over => Step::Failed("no answer in time".into()),
            Line::Http(line) => line.hear(heard),
            Line::Udp(line) => line.hear(cx, &self.question, heard),
        };
        let outcome = match step {
            Step::Wait => return None,
            Step::Answered(Answer::Redirect(location)) => {
                self.line.close(cx);
                return self.redirect(cx, &location).err().map(Err);
            }
            Step::Answered(Answer::Accepted(reply)) => Ok(reply),
            Step::Answered(Answer::Failure(reason)) => Err(reason),
            Step::Failed(why) => Err(why),
        };
        self.line.close(cx);
        Some(outcome)
    }

    /// Nobody wants to know any more.
    pub fn abandon(mut self, cx: &mut Context<'_>) {
        self.line.close(cx);
    }

    fn redirect(&mut self, cx: &mut Context<'_>, location: &str) -> Result<(), String> {
        if self.redirects >= REDIRECTS_MAX {
            return Err("too many redirects".into());
        }
        self.redirects += 1;
        self.url = self.url.redirect(location).map_err(|error| error.to_string())?;
        self.line = Line::open(cx, self.asker, &self.url, &self.question);
        Ok(())
    }
}

impl Line {
    fn open(cx: &mut Context<'_>, asker: Asker, url: &TrackerUrl, question: &Question) -> Line {
        match url.scheme() {
            Scheme::Http => Line::Http(OverHttp::open(cx, asker, url, question)),
            Scheme::Udp => Line::Udp(OverUdp::open(cx, asker, url, question)),
        }
    }

    fn close(&mut self, cx: &mut Context<'_>) {
        match self {
            Line::Http(line) => cx.hang_up(line.connection()),
            Line::Udp(line) => line.close(cx),
        }
    }
}

/// Of all swarms that a tracker told of, the one that was asked for.
fn counts_of(response: &ScrapeResponse, info_hash: InfoHash) -> Option<SwarmCounts> {
    response.swarms.get(&info_hash).copied()
}
