//! Peer exchange (BEP 11): telling a peer whom we are connected with, and how much to believe of what it tells.
//!
//! Owns what one peer was told and has told. Who is connected, and what becomes of an address, is the torrent's business.

mod hearing;
mod telling;

pub use hearing::{HEARD_ADDRESSES_MAX, HEARD_BURST, Heard, Hearing};
pub use telling::{CONTACTS_MAX, INTERVAL, Telling};

/// What one peer was told, and has told.
#[derive(Clone, Debug, Default)]
pub struct PeerExchange {
    /// Whom of our peers it was told of.
    pub told: Telling,
    /// Of whom it has told us.
    pub heard: Hearing,
}
