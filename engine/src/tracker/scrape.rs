//! How many are in a swarm: asking a tracker without taking part (BEP 48).

use std::collections::BTreeMap;

use crate::bencode::{Dict, Value};
use crate::metainfo::InfoHash;

use super::answer::{Content, read_dictionary};
use super::url::TrackerUrl;
use super::{Answer, AnswerError, request};
use crate::percent;

/// Torrents asked for at a time, which is what one datagram carries (BEP 15); the tracker takes as many over HTTP.
pub const SCRAPE_MAX: usize = 74;

/// How many are in a swarm, as its tracker counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SwarmCounts {
    /// Who has everything.
    pub seeds: u32,
    /// Who has not.
    pub leechers: u32,
    /// How often somebody has become complete.
    pub downloads: u32,
}

/// An accepted scrape: what the tracker knows of, in the order of the info hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScrapeResponse {
    /// By torrent; at most [`SCRAPE_MAX`].
    pub swarms: BTreeMap<InfoHash, SwarmCounts>,
}

/// The whole HTTP request. `url` is what [`TrackerUrl::scrape`] gave.
pub fn scrape_to_http(url: &TrackerUrl, info_hash: InfoHash) -> Vec<u8> {
    let mut out = request::begin(url);
    out.push_str("info_hash=");
    percent::encode(&info_hash.0, &mut out);
    request::finish(out, url)
}

impl Content for ScrapeResponse {
    fn read(body: &[u8]) -> Result<Answer<ScrapeResponse>, AnswerError> {
        read_dictionary(body, ScrapeResponse::of)
    }
}

impl ScrapeResponse {
    fn of(answer: &Dict<'_>) -> Result<ScrapeResponse, AnswerError> {
        let files = answer.get(b"files").and_then(Value::as_dict).ok_or(AnswerError::Field("files"))?;
        let mut swarms = BTreeMap::new();
        for (info_hash, counts) in files.iter().take(SCRAPE_MAX) {
            let info_hash = info_hash.try_into().map_err(|_| AnswerError::Field("files"))?;
            let counts = counts.as_dict().ok_or(AnswerError::Field("files"))?;
            // Missing, negative or more than there are people: nothing is known.
            let count = |key: &[u8]| counts.get(key).and_then(Value::as_int).and_then(|n| n.try_into().ok());
            let counts = SwarmCounts {
                seeds: count(b"complete").unwrap_or(0),
                leechers: count(b"incomplete").unwrap_or(0),
                downloads: count(b"downloaded").unwrap_or(0),
            };
            swarms.insert(InfoHash(info_hash), counts);
        }
        Ok(ScrapeResponse { swarms })
    }
}
