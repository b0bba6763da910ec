//! Asking over UDP (BEP 15): a name is resolved, a connection id asked for unless there is one, and then the question.
//!
//! A request without an answer is sent again after 15 s, and given up 30 s after that: BEP 15 would go on doubling for
//! two hours, but there may be another tracker to ask, and whoever asks rests between its tries as long as that. While no
//! connection stands each try goes to the next of the tracker's addresses. (libtorrent never sends again, and gives each
//! address 10 s; aria2 sends three times within a minute.)

use std::net::SocketAddr;
use std::time::Duration;

use rand::Rng as _;

use crate::session::context::Context;
use crate::session::{LookupId, Output};
use crate::time::Time;
use crate::tracker::udp::{self, Request, Said, Wants};
use crate::tracker::{AnnounceResponse, Answer, Host, TrackerUrl};

use super::{Asker, Heard, Question, Reply, Step};

/// How often a request is sent in all.
const TRIES_MAX: u32 = 2;
/// How long a name may take to be resolved.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(15);

#[derive(Debug)]
pub(super) struct OverUdp {
    asker: Asker,
    /// Path and query of the URL.
    target: String,
    addresses: Vec<SocketAddr>,
    /// The address that is asked.
    at: usize,
    stage: Stage,
    due: Time,
}

#[derive(Debug)]
enum Stage {
    LookingUp(LookupId),
    /// This was sent so often.
    Asking {
        request: Request,
        times: u32,
        /// Under a connection id of an earlier question, of which the tracker may know nothing any more.
        is_old_id: bool,
    },
    Closed,
}

impl OverUdp {
    /// Sends the first request, or asks what the name stands for.
    pub fn open(cx: &mut Context<'_>, asker: Asker, url: &TrackerUrl, question: &Question) -> OverUdp {
        let target = url.target().to_owned();
        let mut line =
            OverUdp { asker, target, addresses: Vec::new(), at: 0, stage: Stage::Closed, due: Time::NEVER };
        match url.host() {
            Host::Ip(ip) => {
                line.addresses.push((*ip, url.port()).into());
                line.ask_by_the_best_id(cx, question);
            }
            Host::Name(name) => {
                let lookup = cx.datagrams.look_up(asker);
                line.stage = Stage::LookingUp(lookup);
                line.due = cx.now + LOOKUP_TIMEOUT;
                cx.outputs.push_back(Output::Resolve { lookup, host: name.clone(), port: url.port() });
            }
        }
        line
    }

    /// When it wants to hear of the silence.
    pub fn due(&self) -> Time {
        self.due
    }

    pub fn hear(&mut self, cx: &mut Context<'_>, question: &Question, heard: Heard<'_>) -> Step {
        match heard {
            Heard::Addresses(addresses) => self.is_at(cx, question, addresses),
            Heard::Datagram(data) => self.received(cx, question, data),
            Heard::Silence if cx.now >= self.due => self.is_silent(cx, question),
            Heard::Silence | Heard::Bytes(_) | Heard::Closed => Step::Wait,
        }
    }

    /// Nothing is waited for any more.
    pub fn close(&mut self, cx: &mut Context<'_>) {
        match std::mem::replace(&mut self.stage, Stage::Closed) {
            Stage::LookingUp(lookup) => drop(cx.datagrams.end_lookup(lookup)),
            Stage::Asking { request, .. } => {
                cx.datagrams.forget(self.addresses[self.at], request.transaction);
            }
            Stage::Closed => {}
        }
    }

    fn is_at(&mut self, cx: &mut Context<'_>, question: &Question, addresses: Vec<SocketAddr>) -> Step {
        if !matches!(self.stage, Stage::LookingUp(_)) {
            return Step::Wait;
        }
        self.stage = Stage::Closed;
        if addresses.is_empty() {
            return Step::Failed("the tracker's name stands for no address that can be reached".into());
        }
        self.addresses = addresses;
        self.ask_by_the_best_id(cx, question);
        Step::Wait
    }

    fn received(&mut self, cx: &mut Context<'_>, question: &Question, data: &[u8]) -> Step {
        let Stage::Asking { request, is_old_id, .. } = &self.stage else { return Step::Wait };
        let from = self.addresses[self.at];
        let Some(answer) = udp::Answer::decode(data, from) else { return Step::Wait };
        match (answer.said, &request.wants, question) {
            (Said::Connected(id), Wants::Connect, _) => {
                cx.datagrams.connection_ids.add(from, id, cx.now);
                self.close(cx);
                self.ask(cx, wants(question, id, &self.target), false);
                Step::Wait
            }
            (Said::Announced { interval, leechers, seeds, peers }, Wants::Announce { .. }, _) => {
                let response = AnnounceResponse::of_datagram(interval, leechers, seeds, &peers);
                Step::Answered(Answer::Accepted(Reply::Announced(response)))
            }
            (Said::Scraped(swarms), Wants::Scrape { .. }, _) => match swarms.first() {
                Some(counts) => Step::Answered(Answer::Accepted(Reply::Scraped(*counts))),
                None => Step::Wait,
            },
            // A tracker that was restarted knows nothing of the ids that it gave before.
            (Said::Refused(_), _, _) if *is_old_id => {
                cx.datagrams.connection_ids.forget(from);
                self.close(cx);
                self.ask(cx, Wants::Connect, false);
                Step::Wait
            }
            (Said::Refused(reason), _, _) => Step::Answered(Answer::Failure(reason)),
            // An answer to something else, whoever sent it.
            (Said::Connected(_) | Said::Announced { .. } | Said::Scraped(_), _, _) => Step::Wait,
        }
    }

    fn is_silent(&mut self, cx: &mut Context<'_>, question: &Question) -> Step {
        let Stage::Asking { request, times, .. } = &mut self.stage else {
            return Step::Failed("the tracker's name was not resolved in time".into());
        };
        if *times >= TRIES_MAX {
            return Step::Failed("no answer in time".into());
        }
        let times_before = *times;
        if matches!(request.wants, Wants::Connect) && self.addresses.len() > 1 {
            self.close(cx);
            self.at = (self.at + 1) % self.addresses.len();
            self.ask_by_the_best_id(cx, question);
        } else {
            // The same again, so that an answer to the first is an answer to this.
            let data = request.encode().into();
            cx.outputs.push_back(Output::Datagram { to: self.addresses[self.at], data });
        }
        self.waits(cx, times_before + 1);
        Step::Wait
    }

    /// Asks at once if the tracker has given us a connection id, and else for that.
    fn ask_by_the_best_id(&mut self, cx: &mut Context<'_>, question: &Question) {
        let id = cx.datagrams.connection_ids.of(self.addresses[self.at], cx.now);
        let wants = id.map_or(Wants::Connect, |id| wants(question, id, &self.target));
        self.ask(cx, wants, id.is_some());
    }

    fn ask(&mut self, cx: &mut Context<'_>, wants: Wants, is_old_id: bool) {
        let to = self.addresses[self.at];
        let transaction = loop {
            let transaction = cx.rng.next_u32();
            if cx.datagrams.expect(to, transaction, self.asker) {
                break transaction;
            }
        };
        let request = Request { transaction, wants };
        cx.outputs.push_back(Output::Datagram { to, data: request.encode().into() });
        self.stage = Stage::Asking { request, times: 0, is_old_id };
        self.waits(cx, 1);
    }

    /// The request was sent so often by now.
    fn waits(&mut self, cx: &Context<'_>, sent: u32) {
        if let Stage::Asking { times, .. } = &mut self.stage {
            *times = sent;
            self.due = cx.now + udp::patience(sent - 1);
        }
    }
}

fn wants(question: &Question, connection_id: u64, target: &str) -> Wants {
    match question {
        Question::Announce(announce) => {
            Wants::Announce { connection_id, announce: announce.clone(), target: target.to_owned() }
        }
        Question::Scrape(info_hash) => Wants::Scrape { connection_id, info_hashes: vec![*info_hash] },
    }
}
