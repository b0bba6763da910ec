//! A download as a progress bar, for a terminal.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressStyle};
use swarmlab_engine::metainfo::Metainfo;

use crate::text::say;

use super::lines::{LEAVING, completed, fetching, go_on, received, resumed};
use super::view::{Snapshot, View};

/// A bar, and lines above it.
pub struct Bar {
    bar: ProgressBar,
    piece_count: u32,
}

impl Bar {
    pub fn new() -> Bar {
        let style = "{wide_bar} {percent:>3}%  {binary_bytes} of {binary_total_bytes}\n{msg}";
        let style = ProgressStyle::with_template(style).expect("a template without mistakes");
        Bar { bar: ProgressBar::new(0).with_style(style), piece_count: 0 }
    }

    fn end_with(&self, line: String) {
        self.bar.finish_and_clear();
        say(line);
    }
}

impl View for Bar {
    fn period(&self) -> Duration {
        Duration::from_millis(250)
    }

    fn found(&mut self, _now: &Snapshot) {}

    fn resumed(&mut self, now: &Snapshot) {
        self.bar.println(resumed(now));
    }

    fn listening(&mut self, address: SocketAddr) {
        self.bar.println(format!("listening on {address}"));
    }

    fn known(&mut self, total_bytes: u64, piece_count: u32) {
        self.bar.set_length(total_bytes);
        self.piece_count = piece_count;
    }

    fn metadata(&mut self, metainfo: &Metainfo) {
        self.bar.println(received(metainfo));
    }

    fn checked(&mut self, pieces: u32) {
        self.bar.set_message(format!("checking what is there: {pieces} of {} pieces", self.piece_count));
    }

    fn progress(&mut self, now: &Snapshot) {
        let progress = &now.progress;
        if now.is_fetching_metadata() {
            return self.bar.set_message(fetching(now));
        }
        self.bar.set_position(now.held_bytes());
        let left = now.time_left().map_or("?".to_owned(), |left| HumanDuration(left).to_string());
        self.bar.set_message(format!(
            "{} of {} pieces   down {}/s   up {}/s   {}   {left} left",
            progress.pieces_held,
            progress.piece_count,
            HumanBytes(now.down_rate),
            HumanBytes(now.up_rate),
            now.peers(),
        ));
    }

    fn note(&mut self, text: &str) {
        self.bar.println(text);
    }

    fn complete(&mut self, target: &Path, seeding: bool, now: &Snapshot) {
        if seeding {
            self.bar.println(completed(target, seeding, now));
        } else {
            self.end_with(completed(target, seeding, now));
        }
    }

    fn leaving(&mut self) {
        self.bar.println(LEAVING);
    }

    fn unfinished(&mut self, now: &Snapshot) {
        self.end_with(go_on(now));
    }
}
