//! One wire: what is known of a peer, what we owe it, and what it owes us.
//!
//! Owns the state of a single connection. What follows from it for the swarm is decided in [`crate::torrent`].

pub mod allowed_fast;
pub mod aside;
pub mod early_words;
pub mod peer_connection;
pub mod request_pipeline;
pub mod serve_queue;
pub mod suggestions;
pub mod transfer_meter;
pub mod unveiled;

pub use allowed_fast::Grants;
pub use aside::Aside;
pub use early_words::{EarlyWords, Misplaced};
pub use peer_connection::{PeerConnection, Stage};
pub use request_pipeline::{Debt, RequestPipeline};
pub use serve_queue::ServeQueue;
pub use suggestions::Suggestions;
pub use transfer_meter::TransferMeter;
pub use unveiled::Unveiled;

#[cfg(test)]
mod tests;
