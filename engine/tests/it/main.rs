//! Integration tests of the engine, one binary, a file for each situation.
#![allow(missing_docs)]

mod bencode;
#[cfg(feature = "client")]
mod client_driver;
#[cfg(feature = "client")]
mod client_loopback;
#[cfg(feature = "client")]
mod client_pipes;
#[cfg(feature = "client")]
mod client_tracker;
mod metainfo;
#[cfg(feature = "client")]
mod pipe_net;
mod storage;
mod tracker;
