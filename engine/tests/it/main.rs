//! Integration tests of the engine, one binary, a file for each situation.
#![allow(missing_docs)]

mod bencode;
mod metainfo;
mod storage;
mod tracker;
