//! The client.

pub mod config;
pub mod io;

pub use config::{SessionConfig, TorrentConfig};
pub use io::{
    AddTorrent, CloseReason, ConnectionId, Endpoint, Event, Input, Misbehaviour, Output, StartWith, Transmit,
};

/// The client.
pub struct Session {}
