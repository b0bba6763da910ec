//! Reading what is asked out of an HTTP request.

use std::net::{IpAddr, SocketAddr};

use crate::metainfo::InfoHash;
use crate::percent;
use crate::tracker::SCRAPE_MAX;
use crate::tracker::request::Event;

use super::access::KEY_BYTES_MAX;

/// The most header lines of a request.
const HEADERS_MAX: usize = 64;

/// What a tracker needs of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// What stands in the path behind the request's name.
    pub(super) key: Option<String>,
    pub(super) asks: Asks,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    Announce(Announce),
    Scrape(Vec<InfoHash>),
}

/// What a tracker needs of an announce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Announce {
    pub(super) info_hash: InfoHash,
    pub(super) peer: SocketAddr,
    pub(super) left: u64,
    pub(super) event: Option<Event>,
    pub(super) numwant: Option<usize>,
}

/// A request that is not served: an HTTP status, and the reason that the body gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadRequest {
    pub(super) status: &'static str,
    pub(super) reason: &'static str,
}

impl BadRequest {
    /// A request that is understood and refused. Trackers say so under the status of success.
    pub(super) fn refused(reason: &'static str) -> BadRequest {
        BadRequest { status: "200 OK", reason }
    }

    fn malformed(reason: &'static str) -> BadRequest {
        BadRequest { status: "400 Bad Request", reason }
    }

    fn elsewhere() -> BadRequest {
        BadRequest { status: "404 Not Found", reason: "only /announce and /scrape are served" }
    }
}

impl Request {
    pub(super) fn read(request: &[u8], from: IpAddr) -> Result<Request, BadRequest> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut head = httparse::Request::new(&mut headers);
        let parsed = head.parse(request);
        let (Ok(httparse::Status::Complete(_)), Some(method), Some(target)) =
            (parsed, head.method, head.path)
        else {
            return Err(BadRequest::malformed("not an HTTP request"));
        };
        if method != "GET" {
            return Err(BadRequest { status: "405 Method Not Allowed", reason: "only GET is served" });
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query = Query(query);
        if let Some(key) = key_behind(path, "/announce")? {
            return Ok(Request { key, asks: Asks::Announce(query.announce(from)?) });
        }
        if let Some(key) = key_behind(path, "/scrape")? {
            return Ok(Request { key, asks: Asks::Scrape(query.info_hashes()?) });
        }
        Err(BadRequest::elsewhere())
    }
}

/// The key of an announce over UDP, where the path comes as an option and the request has a place of its own.
pub(super) fn key_of_target(target: &str) -> Option<String> {
    let path = target.split('?').next().unwrap_or_default();
    key_behind(path, "/announce").ok().flatten().flatten()
}

/// What stands behind this name: `Some(None)` if nothing does, `None` if the path has another name.
fn key_behind(path: &str, name: &str) -> Result<Option<Option<String>>, BadRequest> {
    let key = match path.strip_prefix(name) {
        None => return Ok(None),
        Some("" | "/") => return Ok(Some(None)),
        Some(rest) => match rest.strip_prefix('/') {
            None => return Ok(None),
            Some(key) => key,
        },
    };
    let key = percent::decode(key.as_bytes()).and_then(|key| String::from_utf8(key).ok());
    let key = key.filter(|key| key.len() <= KEY_BYTES_MAX);
    key.map(|key| Some(Some(key))).ok_or(BadRequest::malformed("invalid key"))
}

/// The part of a request's target behind the question mark.
struct Query<'a>(&'a str);

impl Query<'_> {
    fn announce(&self, from: IpAddr) -> Result<Announce, BadRequest> {
        let info_hash = self.binary("info_hash").ok_or(BadRequest::malformed("invalid info_hash"))?;
        self.binary("peer_id").ok_or(BadRequest::malformed("invalid peer_id"))?;
        let port = self.number("port").and_then(|port| u16::try_from(port).ok()).filter(|port| *port != 0);
        let port = port.ok_or(BadRequest::malformed("invalid port"))?;
        let left = self.number("left").ok_or(BadRequest::malformed("invalid left"))?;
        let event = match self.get("event").as_deref() {
            None | Some(b"" | b"empty") => None,
            Some(b"started") => Some(Event::Started),
            Some(b"completed") => Some(Event::Completed),
            Some(b"stopped") => Some(Event::Stopped),
            Some(b"paused") => Some(Event::Paused),
            Some(_) => return Err(BadRequest::malformed("invalid event")),
        };
        // Some clients say -1 for "as many as is usual".
        let numwant = self.number("numwant").map(|numwant| usize::try_from(numwant).unwrap_or(usize::MAX));
        Ok(Announce {
            info_hash: InfoHash(info_hash),
            peer: SocketAddr::new(from, port),
            left,
            event,
            numwant,
        })
    }

    /// All that a scrape asks for. Whoever asks for nothing asks for everything (BEP 48), which nobody gets here.
    fn info_hashes(&self) -> Result<Vec<InfoHash>, BadRequest> {
        let invalid = BadRequest::malformed("invalid info_hash");
        let values = self.values("info_hash").take(SCRAPE_MAX);
        let hashes = values.map(|value| percent::decode(value.as_bytes())?.try_into().ok().map(InfoHash));
        let hashes: Vec<InfoHash> = hashes.collect::<Option<_>>().ok_or(invalid)?;
        if hashes.is_empty() {
            Err(BadRequest::refused("a scrape names its torrents here"))
        } else {
            Ok(hashes)
        }
    }

    /// All values under this name, as they stand.
    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let pairs = self.0.split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(move |(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The first value under this name.
    fn get(&self, name: &str) -> Option<Vec<u8>> {
        percent::decode(self.values(name).next()?.as_bytes())
    }

    fn binary(&self, name: &str) -> Option<[u8; 20]> {
        self.get(name)?.try_into().ok()
    }

    fn number(&self, name: &str) -> Option<u64> {
        std::str::from_utf8(&self.get(name)?).ok()?.parse().ok()
    }
}
