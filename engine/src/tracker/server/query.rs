//! Reading an announce out of an HTTP request.

use std::net::{IpAddr, SocketAddr};

use crate::metainfo::InfoHash;
use crate::percent;
use crate::tracker::request::Event;

/// The most header lines of a request.
const HEADERS_MAX: usize = 64;

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
}

impl Announce {
    pub(super) fn read(request: &[u8], from: IpAddr) -> Result<Announce, BadRequest> {
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
        if path != "/announce" {
            return Err(BadRequest { status: "404 Not Found", reason: "only /announce is served" });
        }
        Query(query).announce(from)
    }
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

    /// The first value under this name.
    fn get(&self, name: &str) -> Option<Vec<u8>> {
        let pairs = self.0.split('&').filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.into_iter().find(|(key, _)| *key == name)?;
        percent::decode(value.as_bytes())
    }

    fn binary(&self, name: &str) -> Option<[u8; 20]> {
        self.get(name)?.try_into().ok()
    }

    fn number(&self, name: &str) -> Option<u64> {
        std::str::from_utf8(&self.get(name)?).ok()?.parse().ok()
    }
}
