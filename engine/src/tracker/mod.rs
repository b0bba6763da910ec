//! Trackers over HTTP (BEP 3, with compact answers, BEP 23, and IPv6 addresses, BEP 7) and over UDP (BEP 15); announces
//! and scrapes (BEP 48). Both sides, neither of which touches a socket.
//!
//! A client turns an [`AnnounceRequest`] and a [`TrackerUrl`] into bytes, sends them, and feeds what comes back to an
//! [`AnswerReader`]; [`udp`] has the datagrams. A [`TrackerServer`] turns the bytes of a request into the bytes of the
//! answer. Connections, time-outs, tiers and when to announce again are the callers' business; HTTPS trackers are refused
//! by name. A [`Document`] is what a web server has: a torrent file, by the same reader.

mod answer;
mod chunked;
mod document;
mod head;
mod http;
mod request;
mod scrape;
pub mod server;
pub mod udp;
mod url;

pub use answer::{
    AnnounceResponse, Answer, INTERVAL_DEFAULT, INTERVAL_MAX, INTERVAL_MIN, PEERS_MAX, TEXT_CHARS_MAX,
    TRACKER_ID_BYTES_MAX,
};
pub use document::{Document, document_to_http};
pub use head::HEAD_BYTES_MAX;
pub use http::{ANSWER_BYTES_MAX, AnswerReader, RECEIVED_PER_BYTE_MAX};
pub use request::{AnnounceRequest, Event};
pub use scrape::{SCRAPE_MAX, ScrapeResponse, SwarmCounts, scrape_to_http};
pub use server::TrackerServer;
pub use url::{Host, Scheme, TrackerUrl, UrlError};

use crate::bencode;

/// Why what a tracker sent is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The connection ended before the answer did.
    #[error("the answer is cut off")]
    Truncated,
    /// The head is longer than [`HEAD_BYTES_MAX`].
    #[error("the head of the answer is longer than {HEAD_BYTES_MAX} bytes")]
    HeadTooLong,
    /// The body is longer than it may be ([`ANSWER_BYTES_MAX`] of a tracker), or came in more than
    /// [`RECEIVED_PER_BYTE_MAX`] times as many bytes of chunks.
    #[error("the answer is too long")]
    TooLong,
    /// The head is not HTTP/1.
    #[error("not an HTTP answer: {0}")]
    Http(#[from] httparse::Error),
    /// A header that can't be followed.
    #[error("unusable header `{0}`")]
    Header(&'static str),
    /// Chunks that are not as RFC 9112 has them.
    #[error("malformed chunk")]
    Chunk,
    /// A status other than success, without a reason in the body.
    #[error("HTTP status {0}")]
    Status(u16),
    /// The body is not bencoding.
    #[error("not a bencoded answer: {0}")]
    Bencode(#[from] bencode::Error),
    /// A field of the answer has the wrong type or length.
    #[error("malformed `{0}`")]
    Field(&'static str),
}
