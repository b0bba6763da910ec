//! A torrent file on a web server: the same way of asking, another answer.

use crate::bencode::Limits;

use super::answer::{Answer, Content};
use super::{AnswerError, TrackerUrl, request};

/// The bytes of a file, as long as a torrent file may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document(pub Vec<u8>);

impl Content for Document {
    const BYTES_MAX: usize = Limits::TORRENT.bytes_max;

    fn read(body: &[u8]) -> Result<Answer<Document>, AnswerError> {
        Ok(Answer::Accepted(Document(body.to_vec())))
    }
}

/// The whole HTTP request for a file.
pub fn document_to_http(url: &TrackerUrl) -> Vec<u8> {
    request::finish(format!("GET {}", url.target()), url)
}
