//! The metadata exchange (BEP 9): fetching the info dictionary from peers when only its hash is known, and serving it to
//! those who are in that position.
//!
//! Owns what is asked of whom, what has come, and what is believed. Writes and reads no message, and closes no
//! connection: the torrent does.
//!
//! **Whom to believe.** Nothing of the metadata can be verified before all of it is there, and the size is whatever a
//! peer says. So each size that somebody says is a case of its own: its pieces come only from those who say that size, and
//! nobody can spoil the case of others by a wrong one. What is whole and does not match the hash is thrown away. If one peer
//! alone has sent it, that is a liar; if several did, nobody knows who, and from then on that size is fetched from one peer
//! at a time, so that the next failure tells.

mod case;
mod fetch;
mod serve;
#[cfg(test)]
mod tests;

pub use fetch::{CASE_PATIENCE, CASES_MAX, Fetched, MetadataFetch, PATIENCE, REQUESTS_MAX, REST};
pub use serve::{COPIES_MAX, MetadataServe};
