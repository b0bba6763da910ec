//! A download as JSON, one object a line.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use swarmlab_engine::metainfo::Metainfo;

use crate::text::say;

use super::view::{Snapshot, View};

/// An object for each thing, named by its `event`.
pub struct Json;

impl View for Json {
    fn period(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn listening(&mut self, address: SocketAddr) {
        say(json!({ "event": "listening", "address": address.to_string() }));
    }

    fn known(&mut self, _total_bytes: u64, _piece_count: u32) {}

    fn metadata(&mut self, metainfo: &Metainfo) {
        let info = &metainfo.info;
        say(json!({
            "event": "metadata",
            "name": info.name(),
            "info_hash": info.hash().to_string(),
            "bytes": info.geometry().total_length,
            "pieces": info.geometry().piece_count,
        }));
    }

    fn checked(&mut self, _pieces: u32) {}

    fn found(&mut self, now: &Snapshot) {
        say(with_numbers("checked", now));
    }

    fn resumed(&mut self, now: &Snapshot) {
        say(with_numbers("resumed", now));
    }

    fn progress(&mut self, now: &Snapshot) {
        let event = if now.is_fetching_metadata() { "fetching metadata" } else { "progress" };
        say(with_numbers(event, now));
    }

    fn note(&mut self, text: &str) {
        say(json!({ "event": "note", "text": text }));
    }

    fn complete(&mut self, target: &Path, seeding: bool, now: &Snapshot) {
        let mut object = with_numbers("complete", now);
        object["target"] = target.to_string_lossy().into();
        object["seeding"] = seeding.into();
        say(object);
    }

    fn leaving(&mut self) {
        say(json!({ "event": "leaving" }));
    }

    fn unfinished(&mut self, now: &Snapshot) {
        say(with_numbers("unfinished", now));
    }
}

fn with_numbers(event: &str, now: &Snapshot) -> Value {
    let totals = &now.progress.totals;
    json!({
        "event": event,
        "bytes": now.total_bytes,
        "bytes_left": now.progress.wanted_left,
        "pieces": now.progress.piece_count,
        "pieces_held": now.progress.pieces_held,
        "peers": now.progress.peers,
        "down_bytes_per_s": now.down_rate,
        "up_bytes_per_s": now.up_rate,
        "downloaded": totals.downloaded,
        "uploaded": totals.uploaded,
        "wasted": totals.wasted.total(),
        "hash_failures": totals.hash_failures,
    })
}
