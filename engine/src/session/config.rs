//! What can be chosen: about the client as a whole, and about its part in one swarm.

use std::time::Duration;

use crate::allowance::RateLimits;
use crate::metainfo::FileSelection;
use crate::playback::Playback;
use crate::wire::PeerId;

/// The client as a whole.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// Who this client is (BEP 20).
    pub peer_id: PeerId,
    /// The TCP port on which others reach this client; 0 if they can't.
    pub listen_port: u16,
    /// All random decisions of the session draw from a generator with this seed.
    pub seed: u64,
    /// What all torrents together may send and fetch.
    pub limits: RateLimits,
}

/// One client's part in one swarm.
#[derive(Clone, Debug, PartialEq)]
pub struct TorrentConfig {
    /// Piece picker, by its name in [`crate::picker::NAMES`].
    pub picker: String,
    /// Choker while pieces are missing, by its name in [`crate::choker::LEECHER_NAMES`].
    pub choker: String,
    /// Choker once complete, by its name in [`crate::choker::SEED_NAMES`].
    pub seed_choker: String,
    /// Peers unchoked at a time, the optimistic one included. BEP 3's client had 4 and one optimistic.
    pub upload_slots: u32,
    /// Connections with peers at most, accepted ones included (Transmission: 50).
    pub connections_max: u32,
    /// Dial until there are so many connections; the room up to the maximum is for those who dial us.
    pub connections_target: u32,
    /// Offer the fast extension (BEP 6).
    pub fast_extension: bool,
    /// As a seed, suggest pieces that nobody else has (BEP 6); needs the fast extension.
    pub suggest_pieces: bool,
    /// Who has everything from the start on claims to have nothing until each piece is in the swarm (BEP 16).
    pub super_seeding: bool,
    /// Ask trackers.
    pub announce: bool,
    /// Exchange addresses of peers with peers (BEP 11), unless the torrent is private (BEP 27).
    pub peer_exchange: bool,
    /// Requests of one peer that are held, at least one; said to it as `reqq` (BEP 10; libtorrent: 500).
    pub request_queue: u32,
    /// Requesters of one block at most in endgame.
    pub endgame_requesters_max: u8,
    /// Time between the choker's rounds (BEP 3: 10 s).
    pub choke_interval: Duration,
    /// Time between changes of the optimistic unchoke (BEP 3: 30 s).
    pub optimistic_interval: Duration,
    /// A peer that owes blocks and sends none for so long is snubbed (libtorrent's piece time-out: 20 s).
    pub snub_timeout: Duration,
    /// What may be sent and fetched.
    pub limits: RateLimits,
    /// The files that are wanted (BEP 53). Who has them all, but not the others, goes on as a partial seed (BEP 21); at once, if
    /// the torrent has none of them.
    pub files: FileSelection,
    /// Somebody watches the content from the moment on at which the torrent is added.
    pub playback: Option<Playback>,
}

impl Default for TorrentConfig {
    fn default() -> Self {
        TorrentConfig {
            picker: "rarest-first".into(),
            choker: "tit-for-tat".into(),
            seed_choker: "round-robin".into(),
            upload_slots: 5,
            connections_max: 50,
            connections_target: 30,
            fast_extension: true,
            suggest_pieces: true,
            super_seeding: false,
            announce: true,
            peer_exchange: true,
            request_queue: 500,
            endgame_requesters_max: 2,
            choke_interval: Duration::from_secs(10),
            optimistic_interval: Duration::from_secs(30),
            snub_timeout: Duration::from_secs(20),
            limits: RateLimits::default(),
            files: FileSelection::all(),
            playback: None,
        }
    }
}
