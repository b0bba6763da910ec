//! Rules about the extensions (BEP 10): peer exchange (BEP 11, S44) and the metadata exchange (BEP 9, S45).
//!
//! A message may have waited in the client while its socket was full. So it was decided at some time since the client had
//! nothing more to say here, and a rule about time is broken only if it was broken whenever that was.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use swarmlab_engine::time::Time;

use super::dictionary::{behind, bytes, entry, integer};
use super::message::Said;
use super::own::Own;
use super::scene::Scene;
use super::verdict::{Verdict, breach, holds};
use crate::world::PEER_PORT;

/// At most one message of peer exchange in so long (BEP 11).
const PEX_INTERVAL: Duration = Duration::from_secs(60);
/// Peers that were added, and that were dropped, in one message each (BEP 11).
const PEX_CONTACTS_MAX: usize = 50;
/// Bytes of a piece of the metadata (BEP 9).
const METADATA_PIECE_BYTES: usize = 1 << 14;
/// After so long without an answer the same piece may be asked for again.
const METADATA_PATIENCE: Duration = Duration::from_secs(60);

/// What one side has said that it speaks: the number of each extension, 0 for none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offer {
    ut_metadata: u8,
    ut_pex: u8,
    metadata_size: Option<usize>,
}

impl Offer {
    fn hear(&mut self, payload: &[u8]) {
        let number = |name| entry(payload, b"m").and_then(|spoken| integer(spoken, name));
        self.ut_metadata = number(b"ut_metadata").unwrap_or(self.ut_metadata);
        self.ut_pex = number(b"ut_pex").unwrap_or(self.ut_pex);
        self.metadata_size = integer(payload, b"metadata_size").or(self.metadata_size);
    }
}

/// What was said on a connection about extensions.
#[derive(Clone, Debug, Default)]
pub struct Extensions {
    ours: Offer,
    theirs: Offer,
    /// Pieces of the metadata that the client has asked for, and when.
    asked: Vec<(u32, Time)>,
    /// Pieces that the peer has asked for.
    pending: Vec<u32>,
    /// Whom the peer was told of.
    told: BTreeSet<SocketAddr>,
    /// When, at the earliest, it was decided to tell it the last time.
    told_since: Option<Time>,
}

/// A message of the metadata exchange.
enum Metadata<'a> {
    Request(u32),
    Data(u32, &'a [u8]),
    Reject(u32),
    Other,
}

fn metadata(payload: &[u8]) -> Option<Metadata<'_>> {
    let piece = integer(payload, b"piece")?;
    Some(match integer(payload, b"msg_type")? {
        0 => Metadata::Request(piece),
        1 => Metadata::Data(piece, behind(payload)?),
        2 => Metadata::Reject(piece),
        _ => Metadata::Other,
    })
}

impl Extensions {
    /// The peer has said this.
    pub fn heard(&mut self, id: u8, payload: &[u8]) {
        if id == 0 {
            return self.theirs.hear(payload);
        }
        if id != self.ours.ut_metadata {
            return;
        }
        match metadata(payload) {
            Some(Metadata::Request(piece)) if self.theirs.ut_metadata != 0 => self.pending.push(piece),
            Some(Metadata::Data(piece, _) | Metadata::Reject(piece)) => {
                self.asked.retain(|(asked, _)| *asked != piece);
            }
            Some(Metadata::Request(_) | Metadata::Other) | None => {}
        }
    }

    /// The client has said this; it broke no rule.
    pub fn spoke(&mut self, now: Time, since: Time, id: u8, payload: &[u8]) {
        if id == 0 {
            return self.ours.hear(payload);
        }
        if id == self.theirs.ut_pex {
            let [added, dropped] = contacts(payload).unwrap_or_default();
            dropped.iter().for_each(|address| {
                self.told.remove(address);
            });
            self.told.extend(added);
            self.told_since = Some(since);
            return;
        }
        match metadata(payload) {
            Some(Metadata::Request(piece)) => {
                self.asked.retain(|(asked, _)| *asked != piece);
                self.asked.push((piece, now));
            }
            Some(Metadata::Data(piece, _) | Metadata::Reject(piece)) => {
                if let Some(at) = self.pending.iter().position(|pending| *pending == piece) {
                    self.pending.remove(at);
                }
            }
            Some(Metadata::Other) | None => {}
        }
    }

    /// When all is said, every request for metadata was answered.
    pub fn s45_requests_are_answered(&self) -> Verdict {
        holds(self.pending.is_empty(), "S45", || {
            format!(
                "the pieces {:?} of the metadata are neither sent nor refused, and all is said",
                self.pending
            )
        })
    }
}

/// Judges what is being said.
pub fn judge(now: Time, scene: &Scene<'_>, said: &Said) -> Verdict {
    let Said::Extended(id, payload) = said else { return Ok(()) };
    let extensions = &scene.conversation.extensions;
    match *id {
        0 => s44_only_what_is_spoken_is_offered(scene, payload),
        id if id == extensions.theirs.ut_pex => judge_peer_exchange(now, scene, payload),
        id if id == extensions.theirs.ut_metadata => judge_metadata(now, scene, payload),
        id => breach("S20", || format!("EXTENDED {id}, a number that the peer has not given to anything")),
    }
}

fn s44_only_what_is_spoken_is_offered(scene: &Scene<'_>, payload: &[u8]) -> Verdict {
    let mut offer = Offer::default();
    offer.hear(payload);
    let Own { config, knows_torrent, .. } = scene.own;
    holds(offer.ut_pex == 0 || config.peer_exchange, "S44", || {
        "it offers a peer exchange that it is not to have".into()
    })?;
    let size = scene.setting.metadata.len();
    let is_right = offer.metadata_size.is_none_or(|said| said == size && *knows_torrent);
    holds(is_right, "S45", || format!("metadata of {:?} bytes are offered", offer.metadata_size))
}

fn judge_peer_exchange(now: Time, scene: &Scene<'_>, payload: &[u8]) -> Verdict {
    let conversation = scene.conversation;
    let extensions = &conversation.extensions;
    holds(scene.own.config.peer_exchange, "S44", || "it exchanges peers, and is not to".into())?;
    let Some([added, dropped]) = contacts(payload) else {
        return breach("S44", || "a message of peer exchange that can't be read".into());
    };
    if let Some(before) = extensions.told_since {
        let apart = now - before;
        holds(apart >= PEX_INTERVAL, "S44", || {
            format!("peers are told of again {:.3} s later", apart.as_secs_f64())
        })?;
    }
    let (most, fewest) = (added.len().max(dropped.len()), added.len() + dropped.len());
    holds((1..=PEX_CONTACTS_MAX).contains(&most) && fewest > 0, "S44", || {
        format!("{} peers are added, {} dropped", added.len(), dropped.len())
    })?;
    let since = conversation.since.min(now);
    for address in added {
        holds(!extensions.told.contains(&address), "S44", || format!("{address} is added again"))?;
        let peer = scene.setting.peer_at(address.ip()).filter(|_| address.port() == PEER_PORT);
        let is_met = peer.is_some_and(|peer| scene.own.has_met_lately(peer, since));
        holds(is_met, "S44", || format!("{address} is added, and is not connected"))?;
        holds(peer != Some(conversation.with), "S44", || "a peer is told of itself".into())?;
    }
    for address in dropped {
        holds(extensions.told.contains(&address), "S44", || {
            format!("{address} is dropped, and was not added")
        })?;
    }
    Ok(())
}

fn judge_metadata(now: Time, scene: &Scene<'_>, payload: &[u8]) -> Verdict {
    let extensions = &scene.conversation.extensions;
    match metadata(payload) {
        Some(Metadata::Request(piece)) => {
            let Some(size) = extensions.theirs.metadata_size else {
                return breach("S45", || "it asks for metadata which the peer has not offered".into());
            };
            let exists = (piece as usize) < size.div_ceil(METADATA_PIECE_BYTES);
            holds(exists, "S45", || format!("it asks for piece {piece} of metadata of {size} bytes"))?;
            let is_new = !scene.own.knows_torrent || !scene.conversation.is_prompt(scene.own);
            holds(is_new, "S45", || "it asks for metadata that it has".into())?;
            let again =
                extensions.asked.iter().find(|(asked, at)| *asked == piece && now < *at + METADATA_PATIENCE);
            holds(again.is_none(), "S45", || format!("it asks for piece {piece} of the metadata again"))
        }
        Some(Metadata::Data(piece, data)) => {
            holds(extensions.pending.contains(&piece), "S45", || {
                format!("it sends piece {piece} of the metadata, which was not asked for")
            })?;
            let whole = &scene.setting.metadata;
            let begin = (piece as usize * METADATA_PIECE_BYTES).min(whole.len());
            let end = (begin + METADATA_PIECE_BYTES).min(whole.len());
            holds(whole[begin..end] == *data, "S45", || {
                format!("what it sends as piece {piece} of the metadata is something else")
            })
        }
        Some(Metadata::Reject(piece)) => holds(extensions.pending.contains(&piece), "S45", || {
            format!("it refuses piece {piece} of the metadata, which was not asked for")
        }),
        Some(Metadata::Other) | None => {
            breach("S45", || "a message of the metadata exchange that can't be read".into())
        }
    }
}

/// The peers that are added, and those that are dropped.
fn contacts(payload: &[u8]) -> Option<[Vec<SocketAddr>; 2]> {
    behind(payload).filter(|rest| rest.is_empty())?;
    let added = addresses(payload, b"added")?;
    let flags = bytes(payload, b"added.f").map_or(0, <[u8]>::len);
    (flags == added.len()).then_some([added, addresses(payload, b"dropped")?])
}

/// Simulated hosts have IPv4 addresses.
fn addresses(payload: &[u8], key: &[u8]) -> Option<Vec<SocketAddr>> {
    let (entries, []) = bytes(payload, key).unwrap_or_default().as_chunks::<6>() else { return None };
    let address = |entry: &[u8; 6]| {
        let [a, b, c, d, high, low] = *entry;
        SocketAddr::from(([a, b, c, d], u16::from_be_bytes([high, low])))
    };
    Some(entries.iter().map(address).collect())
}

/// Whom a client is connected with, or was until when.
#[derive(Debug, Default)]
pub struct Acquaintances(BTreeMap<u32, (u32, Time)>);

impl Acquaintances {
    /// Another connection with this peer has both handshakes through.
    pub fn met(&mut self, peer: u32) {
        self.0.entry(peer).or_default().0 += 1;
    }

    /// One of them is over.
    pub fn parted(&mut self, now: Time, peer: u32) {
        if let Some((connections, until)) = self.0.get_mut(&peer) {
            *connections = connections.saturating_sub(1);
            *until = now;
        }
    }

    /// Whether there is a connection, or was one since then.
    pub fn includes(&self, peer: u32, since: Time) -> bool {
        self.0.get(&peer).is_some_and(|(connections, until)| *connections > 0 || *until >= since)
    }
}
