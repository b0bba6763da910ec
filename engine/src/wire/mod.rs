//! The peer wire: bytes to messages and back (BEP 3, 6, 9, 10, 11, 20, 21).
//!
//! Owns the framing, its limits, and the layout of every message. Knows nothing of what a message means for a swarm.
//! Payload is never copied: a block arrives as the fragments in which the network delivered it.

pub mod decoder;
pub mod extension;
pub mod handshake;
pub mod message;
pub mod metadata_message;
pub mod peer_exchange_message;
pub mod peer_id;

pub use decoder::{Decoder, FrameError};
pub use extension::ExtensionHandshake;
pub use handshake::{HANDSHAKE_BYTES, Handshake};
pub use message::{BlockRequest, Message, MessageError};
pub use metadata_message::MetadataMessage;
pub use peer_exchange_message::PeerExchangeMessage;
pub use peer_id::PeerId;

#[cfg(test)]
mod tests;
