//! Reading an HTTP answer as its bytes arrive: a tracker's, or a web server's.

use std::marker::PhantomData;

use super::answer::Content;
use super::chunked::ChunkReader;
use super::head::{Head, HeadBuffer, TooLong};
use super::{AnnounceResponse, Answer, AnswerError, Document, ScrapeResponse};

/// The longest body of a tracker's answer, which is what the bencode limits for trackers allow.
pub const ANSWER_BYTES_MAX: usize = crate::bencode::Limits::TRACKER.bytes_max;
/// The most bytes received for one answer, to one of its body at its longest. Chunks of one byte are six times as long as
/// what they say.
pub const RECEIVED_PER_BYTE_MAX: usize = 4;
/// The most header lines.
const HEADERS_MAX: usize = 64;

/// Turns the bytes of one connection into one [`Answer`]: to an announce, or to another question.
#[derive(Debug)]
pub struct AnswerReader<T = AnnounceResponse> {
    received: usize,
    head: HeadBuffer,
    /// What the head said, once it is complete.
    message: Option<Message>,
    body: Vec<u8>,
    reads: PhantomData<T>,
}

/// A head, as far as it matters.
#[derive(Debug)]
struct Message {
    status: u16,
    location: Option<String>,
    framing: Framing,
    bytes_max: usize,
}

/// Where the body ends.
#[derive(Debug)]
enum Framing {
    Length(usize),
    Chunked(ChunkReader),
    UntilClose,
}

impl AnswerReader {
    /// A reader for a new connection on which was announced.
    pub fn new() -> AnswerReader {
        AnswerReader::default()
    }
}

impl AnswerReader<ScrapeResponse> {
    /// A reader for a new connection on which was asked how many there are.
    pub fn of_scrape() -> AnswerReader<ScrapeResponse> {
        AnswerReader::default()
    }
}

impl AnswerReader<Document> {
    /// A reader for a new connection on which was asked for a document.
    pub fn of_document() -> AnswerReader<Document> {
        AnswerReader::default()
    }
}

impl<T> Default for AnswerReader<T> {
    fn default() -> AnswerReader<T> {
        let (head, body) = (HeadBuffer::default(), Vec::new());
        AnswerReader { received: 0, head, message: None, body, reads: PhantomData }
    }
}

impl<T: Content> AnswerReader<T> {
    /// Adds bytes that arrived. Returns the answer once it is complete; the connection can be closed then.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Option<Answer<T>>, AnswerError> {
        self.received += bytes.len();
        if self.received > RECEIVED_PER_BYTE_MAX * T::BYTES_MAX {
            return Err(AnswerError::TooLong);
        }
        if self.message.is_some() {
            return self.push_body(bytes);
        }
        match self.head.push(bytes) {
            Err(TooLong) => Err(AnswerError::HeadTooLong),
            Ok(None) => Ok(None),
            Ok(Some(Head { head, rest })) => {
                self.message = Some(Message::read(&head, T::BYTES_MAX)?);
                self.push_body(rest)
            }
        }
    }

    /// The connection was closed by the tracker: the answer, if it ends there.
    pub fn finish(self) -> Result<Answer<T>, AnswerError> {
        match &self.message {
            Some(message) if matches!(message.framing, Framing::UntilClose) => message.answer(&self.body),
            _ => Err(AnswerError::Truncated),
        }
    }

    fn push_body(&mut self, bytes: &[u8]) -> Result<Option<Answer<T>>, AnswerError> {
        let message = self.message.as_mut().expect("the head came before the body");
        let complete = match &mut message.framing {
            Framing::Chunked(chunks) => chunks.push(bytes, &mut self.body)?,
            Framing::UntilClose => {
                self.body.extend_from_slice(bytes);
                false
            }
            Framing::Length(length) => {
                self.body.extend_from_slice(&bytes[..bytes.len().min(*length - self.body.len())]);
                self.body.len() == *length
            }
        };
        if self.body.len() > T::BYTES_MAX {
            return Err(AnswerError::TooLong);
        }
        if complete { message.answer(&self.body).map(Some) } else { Ok(None) }
    }
}

impl Message {
    fn read(head: &[u8], bytes_max: usize) -> Result<Message, AnswerError> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut response = httparse::Response::new(&mut headers);
        let status = match response.parse(head)? {
            httparse::Status::Complete(_) => response.code.unwrap_or_default(),
            httparse::Status::Partial => return Err(AnswerError::Truncated),
        };
        let mut message = Message { status, location: None, framing: Framing::UntilClose, bytes_max };
        for header in response.headers.iter() {
            let value = std::str::from_utf8(header.value).unwrap_or_default().trim();
            message.read_header(header.name, value)?;
        }
        Ok(message)
    }

    fn read_header(&mut self, name: &str, value: &str) -> Result<(), AnswerError> {
        if name.eq_ignore_ascii_case("transfer-encoding") {
            if !value.eq_ignore_ascii_case("chunked") {
                return Err(AnswerError::Header("Transfer-Encoding"));
            }
            self.framing = Framing::Chunked(ChunkReader::default());
        } else if name.eq_ignore_ascii_case("content-length") && !matches!(self.framing, Framing::Chunked(_))
        {
            let length = value.parse().map_err(|_| AnswerError::Header("Content-Length"))?;
            if length > self.bytes_max {
                return Err(AnswerError::TooLong);
            }
            if matches!(self.framing, Framing::Length(other) if other != length) {
                return Err(AnswerError::Header("Content-Length"));
            }
            self.framing = Framing::Length(length);
        } else if name.eq_ignore_ascii_case("content-encoding") && !value.eq_ignore_ascii_case("identity") {
            return Err(AnswerError::Header("Content-Encoding"));
        } else if name.eq_ignore_ascii_case("location") {
            self.location = Some(value.to_owned());
        }
        Ok(())
    }

    fn answer<T: Content>(&self, body: &[u8]) -> Result<Answer<T>, AnswerError> {
        match (self.status, &self.location) {
            (200..=299, _) => T::read(body),
            (300..=399, Some(location)) => Ok(Answer::Redirect(location.clone())),
            // Many trackers say why, in bencoding, under a status that says no.
            (status, _) => match T::read(body) {
                Ok(Answer::Failure(reason)) => Ok(Answer::Failure(reason)),
                _ => Err(AnswerError::Status(status)),
            },
        }
    }
}
