//! Integration tests of the engine, one binary, a file for each situation.
#![allow(missing_docs)]

mod announces;
mod arbitrary_peers;
mod bad_input;
mod bencode;
mod choker_page;
#[cfg(feature = "client")]
mod client_driver;
#[cfg(feature = "client")]
mod client_fetch;
#[cfg(feature = "client")]
mod client_loopback;
#[cfg(feature = "client")]
mod client_pipes;
#[cfg(feature = "client")]
mod client_tracker;
mod corruption;
mod disk;
mod exchange;
mod limits;
mod machines;
mod meeting;
mod metadata;
mod metainfo;
mod peer_exchange;
mod peer_priority;
#[cfg(feature = "client")]
mod pipe_net;
mod resume;
mod rig;
mod selection;
mod serving;
mod silence;
mod storage;
mod suggesting;
mod super_seeding;
mod tracker;
mod tracker_server;
mod udp_announces;
mod udp_codec;
