//! Asking over HTTP. It is a connection like any other: the bytes of the request are pulled, the bytes of the answer
//! are handed in. So it is the same in every world, and the driver knows nothing of trackers.

use bytes::Bytes;

use crate::metainfo::InfoHash;
use crate::session::context::Context;
use crate::session::routes::Route;
use crate::session::{ConnectionId, Endpoint, Output, Transmit};
use crate::tracker::{Answer, AnswerError, AnswerReader, Host, ScrapeResponse, TrackerUrl, scrape_to_http};

use super::{Asker, Heard, Question, Reply, Step, counts_of};

#[derive(Debug)]
pub(super) struct OverHttp {
    connection: ConnectionId,
    request: Option<Bytes>,
    reader: Reader,
}

#[derive(Debug)]
enum Reader {
    Announce(AnswerReader),
    Scrape(InfoHash, AnswerReader<ScrapeResponse>),
}

impl OverHttp {
    /// Dials.
    pub fn open(cx: &mut Context<'_>, asker: Asker, url: &TrackerUrl, question: &Question) -> OverHttp {
        let connection = cx.routes.open(Route::Tracker(asker));
        let to = match url.host() {
            Host::Ip(ip) => Endpoint::Address((*ip, url.port()).into()),
            Host::Name(name) => Endpoint::Name { host: name.clone(), port: url.port() },
        };
        cx.outputs.push_back(Output::Connect { connection, to });
        let (request, reader) = match question {
            Question::Announce(request) => (request.to_http(url), Reader::Announce(AnswerReader::new())),
            Question::Scrape(info_hash) => {
                (scrape_to_http(url, *info_hash), Reader::Scrape(*info_hash, AnswerReader::of_scrape()))
            }
        };
        OverHttp { connection, request: Some(request.into()), reader }
    }

    pub fn connection(&self) -> ConnectionId {
        self.connection
    }

    pub fn transmit(&mut self) -> Option<Transmit> {
        let head = self.request.take()?;
        Some(Transmit { head, body: Bytes::new() })
    }

    pub fn hear(&mut self, heard: Heard<'_>) -> Step {
        let read = match heard {
            Heard::Bytes(bytes) => self.reader.push(bytes),
            // That may be the end of the answer.
            Heard::Closed => self.reader.finish().map(Some),
            Heard::Datagram(_) | Heard::Addresses(_) | Heard::Silence => return Step::Wait,
        };
        match read {
            Ok(None) => Step::Wait,
            Ok(Some(answer)) => Step::Answered(answer),
            Err(error) => Step::Failed(error.to_string()),
        }
    }
}

impl Reader {
    fn push(&mut self, bytes: &[u8]) -> Result<Option<Answer<Reply>>, AnswerError> {
        match self {
            Reader::Announce(reader) => Ok(reader.push(bytes)?.map(announced)),
            Reader::Scrape(info_hash, reader) => {
                reader.push(bytes)?.map(|answer| scraped(answer, *info_hash)).transpose()
            }
        }
    }

    fn finish(&mut self) -> Result<Answer<Reply>, AnswerError> {
        match self {
            Reader::Announce(reader) => std::mem::take(reader).finish().map(announced),
            Reader::Scrape(info_hash, reader) => {
                std::mem::take(reader).finish().and_then(|answer| scraped(answer, *info_hash))
            }
        }
    }
}

fn announced(answer: Answer) -> Answer<Reply> {
    match answer {
        Answer::Accepted(response) => Answer::Accepted(Reply::Announced(response)),
        Answer::Failure(reason) => Answer::Failure(reason),
        Answer::Redirect(location) => Answer::Redirect(location),
    }
}

fn scraped(answer: Answer<ScrapeResponse>, info_hash: InfoHash) -> Result<Answer<Reply>, AnswerError> {
    Ok(match answer {
        Answer::Accepted(response) => match counts_of(&response, info_hash) {
            Some(counts) => Answer::Accepted(Reply::Scraped(counts)),
            None => Answer::Failure("the tracker does not know the torrent".into()),
        },
        Answer::Failure(reason) => Answer::Failure(reason),
        Answer::Redirect(location) => Answer::Redirect(location),
    })
}
