//! What a client sends.

use crate::metainfo::InfoHash;
use crate::tracker::request::Event;
use crate::tracker::{AnnounceRequest, SCRAPE_MAX};
use crate::wire::PeerId;

use super::{PROTOCOL_ID, action, options, take, take_u32, take_u64};

/// One datagram to a tracker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Comes back in the answer: the client's choice.
    pub transaction: u32,
    /// What it is about.
    pub wants: Wants,
}

/// What a client wants of a tracker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wants {
    /// A connection id, for all that follows.
    Connect,
    /// Peers.
    Announce {
        /// As the tracker gave it to this address.
        connection_id: u64,
        /// The announce. A tracker's id has no place in it.
        announce: AnnounceRequest,
        /// Path and query of the tracker's URL (BEP 41); `/` if it has none.
        target: String,
    },
    /// How many are in some swarms.
    Scrape {
        /// As the tracker gave it to this address.
        connection_id: u64,
        /// The torrents: at most [`SCRAPE_MAX`].
        info_hashes: Vec<InfoHash>,
    },
}

impl Request {
    /// The datagram.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut head = |id: u64, action: u32| {
            out.extend(id.to_be_bytes());
            out.extend(action.to_be_bytes());
            out.extend(self.transaction.to_be_bytes());
        };
        match &self.wants {
            Wants::Connect => head(PROTOCOL_ID, action::CONNECT),
            Wants::Announce { connection_id, announce, target } => {
                head(*connection_id, action::ANNOUNCE);
                write_announce(announce, &mut out);
                options::encode(target, &mut out);
            }
            Wants::Scrape { connection_id, info_hashes } => {
                head(*connection_id, action::SCRAPE);
                info_hashes.iter().for_each(|info_hash| out.extend(info_hash.0));
            }
        }
        out
    }

    /// Reads a datagram; `None` if it is no request.
    pub fn decode(mut bytes: &[u8]) -> Option<Request> {
        let connection_id = take_u64(&mut bytes)?;
        let action = take_u32(&mut bytes)?;
        let transaction = take_u32(&mut bytes)?;
        let wants = match action {
            action::CONNECT if connection_id == PROTOCOL_ID => Wants::Connect,
            action::ANNOUNCE => {
                let announce = read_announce(&mut bytes)?;
                let target = String::from_utf8(options::decode(bytes)).ok()?;
                Wants::Announce { connection_id, announce, target }
            }
            action::SCRAPE => {
                let hashes = bytes.as_chunks().0.iter().take(SCRAPE_MAX);
                let info_hashes: Vec<InfoHash> = hashes.map(|hash| InfoHash(*hash)).collect();
                (!info_hashes.is_empty()).then_some(Wants::Scrape { connection_id, info_hashes })?
            }
            _ => return None,
        };
        Some(Request { transaction, wants })
    }
}

/// "As many as is usual".
const USUAL: i32 = -1;

fn write_announce(announce: &AnnounceRequest, out: &mut Vec<u8>) {
    out.extend(announce.info_hash.0);
    out.extend(announce.peer_id.0);
    out.extend(announce.downloaded.to_be_bytes());
    out.extend(announce.left.to_be_bytes());
    out.extend(announce.uploaded.to_be_bytes());
    let event: u32 = match announce.event {
        // Partial seeds have no number of their own.
        None | Some(Event::Paused) => 0,
        Some(Event::Completed) => 1,
        Some(Event::Started) => 2,
        Some(Event::Stopped) => 3,
    };
    out.extend(event.to_be_bytes());
    // An address of one's own, which no tracker should believe.
    out.extend([0; 4]);
    out.extend(announce.key.unwrap_or_default().to_be_bytes());
    let wanted = announce.numwant.map_or(USUAL, |wanted| wanted.try_into().unwrap_or(i32::MAX));
    out.extend(wanted.to_be_bytes());
    out.extend(announce.port.to_be_bytes());
}

fn read_announce(bytes: &mut &[u8]) -> Option<AnnounceRequest> {
    let (info_hash, peer_id) = (InfoHash(take(bytes)?), PeerId(take(bytes)?));
    let [downloaded, left, uploaded] = [take_u64(bytes)?, take_u64(bytes)?, take_u64(bytes)?];
    let event = match take_u32(bytes)? {
        0 => None,
        1 => Some(Event::Completed),
        2 => Some(Event::Started),
        3 => Some(Event::Stopped),
        _ => return None,
    };
    let _own_address = take_u32(bytes)?;
    let key = Some(take_u32(bytes)?);
    let numwant = u32::try_from(take(bytes).map(i32::from_be_bytes)?).ok();
    let port = take(bytes).map(u16::from_be_bytes)?;
    Some(AnnounceRequest {
        info_hash,
        peer_id,
        port,
        uploaded,
        downloaded,
        left,
        event,
        numwant,
        key,
        tracker_id: None,
    })
}
