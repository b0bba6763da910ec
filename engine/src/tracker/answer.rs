//! What a tracker says to an announce.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::bencode::{self, Dict, Limits, Value};

use super::{ANSWER_BYTES_MAX, AnswerError};

/// The shortest interval that is kept to, whatever a tracker says.
pub const INTERVAL_MIN: Duration = Duration::from_secs(30);
/// The longest interval that is kept to: a tracker that is asked less than daily forgets its peers.
pub const INTERVAL_MAX: Duration = Duration::from_secs(24 * 3600);
/// The interval where a tracker says none; libtorrent takes the same.
pub const INTERVAL_DEFAULT: Duration = Duration::from_secs(30 * 60);
/// The most peers taken from one answer; more are dropped. Trackers give 50 to 200.
pub const PEERS_MAX: usize = 2_000;
/// The longest tracker id that is remembered; a longer one is taken as none.
pub const TRACKER_ID_BYTES_MAX: usize = 256;
/// The most characters kept of a failure reason or a warning.
pub const TEXT_CHARS_MAX: usize = 500;

/// A tracker's answer to an announce, or to another question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T = AnnounceResponse> {
    /// The request was accepted.
    Accepted(T),
    /// It was refused, for this reason.
    Failure(String),
    /// To be asked again at this URL. It may be relative, see [`TrackerUrl::redirect`](super::TrackerUrl::redirect); the
    /// caller limits how often.
    Redirect(String),
}

/// An accepted announce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnounceResponse {
    /// Until the next announce: within [`INTERVAL_MIN`] and [`INTERVAL_MAX`].
    pub interval: Duration,
    /// No announce before this has passed; at most `interval`.
    pub min_interval: Option<Duration>,
    /// Something to be told to the user.
    pub warning: Option<String>,
    /// To be sent back with the next announce.
    pub tracker_id: Option<Vec<u8>>,
    /// Seeds in the swarm, as the tracker counts.
    pub complete: Option<u32>,
    /// Other peers in the swarm, as the tracker counts.
    pub incomplete: Option<u32>,
    /// Peers in the tracker's order, none twice, none with an address or a port that can't be dialled.
    pub peers: Vec<SocketAddr>,
}

/// What an accepted request is answered with.
pub trait Content: Sized {
    /// The longest body, in bytes.
    const BYTES_MAX: usize = ANSWER_BYTES_MAX;

    /// Reads the body of an answer.
    fn read(body: &[u8]) -> Result<Answer<Self>, AnswerError>;
}

/// Reads the body of a tracker's answer: a dictionary, of which `of` takes what it needs, or the reason why not.
pub(super) fn read_dictionary<T>(
    body: &[u8],
    of: impl FnOnce(&Dict<'_>) -> Result<T, AnswerError>,
) -> Result<Answer<T>, AnswerError> {
    let value = bencode::decode(body, Limits::TRACKER)?;
    let answer = value.as_dict().ok_or(AnswerError::Field("answer"))?;
    match answer.get(b"failure reason") {
        Some(reason) => Ok(Answer::Failure(text(reason).unwrap_or_default())),
        None => of(answer).map(Answer::Accepted),
    }
}

impl Content for AnnounceResponse {
    fn read(body: &[u8]) -> Result<Answer<AnnounceResponse>, AnswerError> {
        read_dictionary(body, AnnounceResponse::of)
    }
}

impl AnnounceResponse {
    fn of(answer: &Dict<'_>) -> Result<AnnounceResponse, AnswerError> {
        let seconds = |key: &[u8]| answer.get(key).and_then(Value::as_int).map(clamp_interval);
        let count = |key: &[u8]| u32::try_from(answer.get(key)?.as_int()?).ok();
        let interval = seconds(b"interval").unwrap_or(INTERVAL_DEFAULT);
        let tracker_id = answer.get(b"tracker id").and_then(Value::as_bytes);
        Ok(AnnounceResponse {
            interval,
            min_interval: seconds(b"min interval").map(|min| min.min(interval)),
            warning: answer.get(b"warning message").and_then(text),
            tracker_id: tracker_id.filter(|id| id.len() <= TRACKER_ID_BYTES_MAX).map(<[u8]>::to_vec),
            complete: count(b"complete"),
            incomplete: count(b"incomplete"),
            peers: read_peers(answer)?,
        })
    }
}

/// An interval that is kept to.
pub(super) fn clamp_interval(seconds: i64) -> Duration {
    Duration::from_secs(seconds.max(0) as u64).clamp(INTERVAL_MIN, INTERVAL_MAX)
}

fn text(value: &Value<'_>) -> Option<String> {
    value.as_bytes().map(shortened)
}

/// What a tracker says to people, as far as it is kept.
pub(super) fn shortened(text: &[u8]) -> String {
    String::from_utf8_lossy(text).chars().take(TEXT_CHARS_MAX).collect()
}

fn read_peers(answer: &Dict<'_>) -> Result<Vec<SocketAddr>, AnswerError> {
    let mut peers = Peers::default();
    match answer.get(b"peers").map(|value| (value.as_bytes(), value.as_list())) {
        None => {}
        Some((Some(compact), _)) => read_compact::<6>(compact, "peers", &mut peers)?,
        Some((_, Some(list))) => list.iter().filter_map(peer_of_dict).for_each(|peer| peers.add(peer)),
        Some((None, None)) => return Err(AnswerError::Field("peers")),
    }
    if let Some(compact) = answer.get(b"peers6") {
        let compact = compact.as_bytes().ok_or(AnswerError::Field("peers6"))?;
        read_compact::<18>(compact, "peers6", &mut peers)?;
    }
    Ok(peers.list)
}

/// Addresses of 4 or 16 bytes, each followed by a port (BEP 23, BEP 7).
fn read_compact<const N: usize>(
    compact: &[u8],
    field: &'static str,
    peers: &mut Peers,
) -> Result<(), AnswerError> {
    let (entries, []) = compact.as_chunks::<N>() else { return Err(AnswerError::Field(field)) };
    entries.iter().filter_map(|entry| compact_peer(entry)).for_each(|peer| peers.add(peer));
    Ok(())
}

/// An address of 4 or 16 bytes and a port; `None` if there are more bytes or fewer.
pub(super) fn compact_peer(entry: &[u8]) -> Option<SocketAddr> {
    let (address, port) = entry.split_last_chunk::<2>()?;
    let ip = match (<[u8; 4]>::try_from(address), <[u8; 16]>::try_from(address)) {
        (Ok(v4), _) => IpAddr::from(v4),
        (_, Ok(v6)) => IpAddr::from(v6),
        _ => return None,
    };
    Some(SocketAddr::new(ip, u16::from_be_bytes(*port)))
}

/// A peer in the form of BEP 3. One that is given by name, or malformed, is left out.
fn peer_of_dict(value: &Value<'_>) -> Option<SocketAddr> {
    let peer = value.as_dict()?;
    let ip = peer.get(b"ip")?.as_str()?.parse().ok()?;
    let port = u16::try_from(peer.get(b"port")?.as_int()?).ok()?;
    Some(SocketAddr::new(ip, port))
}

/// Peers of one answer: at most [`PEERS_MAX`], none twice, none that can't be dialled.
#[derive(Default)]
pub(super) struct Peers {
    pub(super) list: Vec<SocketAddr>,
    seen: BTreeSet<SocketAddr>,
}

impl Peers {
    pub(super) fn add(&mut self, peer: SocketAddr) {
        let ip = peer.ip().to_canonical();
        let peer = SocketAddr::new(ip, peer.port());
        let nowhere = ip.is_unspecified() || ip.is_multicast() || ip == IpAddr::V4(Ipv4Addr::BROADCAST);
        if peer.port() != 0 && !nowhere && self.list.len() < PEERS_MAX && self.seen.insert(peer) {
            self.list.push(peer);
        }
    }
}
