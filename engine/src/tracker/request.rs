//! What a client tells a tracker.

use std::fmt::Write;

use crate::metainfo::InfoHash;
use crate::wire::PeerId;

use super::url::TrackerUrl;
use crate::percent;

/// An announce. Byte counts are since the `started` event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnounceRequest {
    /// The torrent.
    pub info_hash: InfoHash,
    /// This client.
    pub peer_id: PeerId,
    /// Where it takes connections.
    pub port: u16,
    /// Bytes uploaded.
    pub uploaded: u64,
    /// Bytes downloaded.
    pub downloaded: u64,
    /// Bytes still missing; 0 makes it a seed.
    pub left: u64,
    /// What has changed, if anything.
    pub event: Option<Event>,
    /// How many peers are wanted; the tracker's default if not said.
    pub numwant: Option<u32>,
    /// By which a tracker can recognise the client under another address.
    pub key: Option<u32>,
    /// The id that an earlier answer of this tracker gave.
    pub tracker_id: Option<Vec<u8>>,
}

/// The announces that are not made by the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The first announce.
    Started,
    /// The download has just been completed; not said by who started as a seed.
    Completed,
    /// The last announce.
    Stopped,
    /// In place of none: this is a partial seed, which wants nothing more though something is left (BEP 21).
    Paused,
}

impl Event {
    /// The name of the event in a query.
    pub fn name(self) -> &'static str {
        match self {
            Event::Started => "started",
            Event::Completed => "completed",
            Event::Stopped => "stopped",
            Event::Paused => "paused",
        }
    }
}

impl AnnounceRequest {
    /// The whole HTTP request. HTTP/1.0, so that the answer ends with the connection and need not be chunked.
    pub fn to_http(&self, url: &TrackerUrl) -> Vec<u8> {
        let mut out = begin(url);
        self.write_query(&mut out);
        finish(out, url)
    }

    fn write_query(&self, out: &mut String) {
        out.push_str("info_hash=");
        percent::encode(&self.info_hash.0, out);
        out.push_str("&peer_id=");
        percent::encode(&self.peer_id.0, out);
        let AnnounceRequest { port, uploaded, downloaded, left, .. } = self;
        let counts =
            format!("&port={port}&uploaded={uploaded}&downloaded={downloaded}&left={left}&compact=1");
        out.push_str(&counts);
        let mut optional = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                // Writing to a string can't fail.
                let _ = write!(out, "&{name}={value}");
            }
        };
        optional("event", self.event.map(|event| event.name().to_owned()));
        optional("numwant", self.numwant.map(|numwant| numwant.to_string()));
        optional("key", self.key.map(|key| format!("{key:08x}")));
        optional(
            "trackerid",
            self.tracker_id.as_ref().map(|id| {
                let mut text = String::new();
                percent::encode(id, &mut text);
                text
            }),
        );
    }
}

/// A request up to where its own part of the query begins.
pub(super) fn begin(url: &TrackerUrl) -> String {
    format!("GET {}{}", url.target(), if url.target().contains('?') { '&' } else { '?' })
}

/// The end of the request line, and the headers.
pub(super) fn finish(mut out: String, url: &TrackerUrl) -> Vec<u8> {
    // A default port is left out of `Host`, since some servers compare it with their bare name.
    let port = if url.port() == 80 { String::new() } else { format!(":{}", url.port()) };
    let host = url.host();
    let agent = concat!("swarmlab/", env!("CARGO_PKG_VERSION"));
    out.push_str(&format!(
        " HTTP/1.0\r\nHost: {host}{port}\r\nUser-Agent: {agent}\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    ));
    out.into_bytes()
}
