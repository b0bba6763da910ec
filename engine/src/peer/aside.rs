//! What of a connection is seldom looked at. It lies apart, so that what every message touches lies together.

use std::net::IpAddr;

use crate::peer_exchange::PeerExchange;
use crate::wire::PeerId;

use super::EarlyWords;

/// The seldom parts of one connection.
#[derive(Debug, Default)]
pub struct Aside {
    /// Who it is; known once established.
    pub peer_id: PeerId,
    /// Where the peer listens, if it told (BEP 10).
    pub listen_port: Option<u16>,
    /// From where it sees us speak, as it says.
    pub sees_us_at: Option<IpAddr>,
    /// Pieces of the metadata that nobody had asked it for.
    pub metadata_unasked: u32,
    /// Whom each of us has told the other of.
    pub exchange: Option<Box<PeerExchange>>,
    /// What it has said of pieces while nobody knew how many there are.
    pub early: Option<Box<EarlyWords>>,
    /// What it may ask for while choked (BEP 6).
    pub allowed_fast_by_us: Vec<u32>,
}
