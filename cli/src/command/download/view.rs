//! What a download shows, whichever way it is shown.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use swarmlab_engine::metainfo::Metainfo;
use swarmlab_engine::torrent::Progress;

/// A way to show a download.
pub trait View {
    /// How often [`progress`](View::progress) is wanted.
    fn period(&self) -> Duration;
    /// Others can connect to this address.
    fn listening(&mut self, address: SocketAddr);
    /// What is downloaded has so many bytes, and so many pieces. Said once, before any piece is looked at.
    fn known(&mut self, total_bytes: u64, piece_count: u32);
    /// The metadata of a magnet link have come from peers.
    fn metadata(&mut self, metainfo: &Metainfo);
    /// So many pieces of what was there before have been looked at.
    fn checked(&mut self, pieces: u32);
    /// All of them have been looked at.
    fn found(&mut self, now: &Snapshot);
    /// What an earlier run had verified is as it was: nothing has to be looked at.
    fn resumed(&mut self, now: &Snapshot);
    /// How far it is.
    fn progress(&mut self, now: &Snapshot);
    /// Something that a person may want to know.
    fn note(&mut self, text: &str);
    /// Every piece is there.
    fn complete(&mut self, target: &Path, seeding: bool, now: &Snapshot);
    /// The user wants to end.
    fn leaving(&mut self);
    /// It has ended before it was complete.
    fn unfinished(&mut self, now: &Snapshot);
}

/// How far a download is, and how fast it goes.
pub struct Snapshot {
    /// What the client says.
    pub progress: Progress,
    /// Bytes of the pieces that are wanted; 0 while the metadata are being fetched.
    pub total_bytes: u64,
    /// Payload received, bytes a second.
    pub down_rate: u64,
    /// Payload sent, bytes a second.
    pub up_rate: u64,
}

impl Snapshot {
    /// Bytes of wanted pieces that are verified.
    pub fn held_bytes(&self) -> u64 {
        self.total_bytes.saturating_sub(self.progress.wanted_left)
    }

    /// All that is wanted is there.
    pub fn is_complete(&self) -> bool {
        self.progress.wanted_left == 0
    }

    /// It is not known yet what is downloaded.
    pub fn is_fetching_metadata(&self) -> bool {
        self.total_bytes == 0
    }

    /// Of the content, rounded down: 100 is said of what is complete only.
    pub fn percent(&self) -> u64 {
        (u128::from(self.held_bytes()) * 100 / u128::from(self.total_bytes.max(1))) as u64
    }

    /// `1 peer`, `7 peers`.
    pub fn peers(&self) -> String {
        let peers = self.progress.peers;
        format!("{peers} {}", if peers == 1 { "peer" } else { "peers" })
    }

    /// Until it is complete, if it goes on like this.
    pub fn time_left(&self) -> Option<Duration> {
        (self.down_rate > 0 && !self.is_fetching_metadata())
            .then(|| Duration::from_secs(self.progress.wanted_left.div_ceil(self.down_rate)))
    }
}
