//! What a choker sees.

use std::time::Duration;

use crate::time::Time;

/// While no socket is full the uplink has not shown what it carries: so many times what it has carried may be tried.
const UNTRIED: u64 = 2;
/// While one is, this part is tried in addition, or what was never tried would never be found.
const HEADROOM: u64 = 16;

/// What a choker sees.
#[derive(Clone, Copy, Debug)]
pub struct ChokeView<'a> {
    /// Now.
    pub now: Time,
    /// Peers that may be unchoked at a time, as configured.
    pub slots: usize,
    /// Those who are interested, in no particular order.
    pub suitors: &'a [Suitor],
    /// It is time for another optimistic unchoke.
    pub rotate_optimistic: bool,
    /// The time between two rounds.
    pub interval: Duration,
    /// Payload that all peers together were sent in the best of times, bytes/s; 0 if nobody was sent anything yet.
    pub uplink_bytes_per_s: u64,
    /// There is a peer whose socket takes no more: the uplink, or its own link, can't follow.
    pub is_backed_up: bool,
    /// Bytes of the torrent.
    pub torrent_bytes: u64,
}

impl ChokeView<'_> {
    /// The rate at which so many bytes pass in a round, bytes/s.
    pub fn rate(&self, bytes: u64) -> u64 {
        let rate = u128::from(bytes) * 1_000_000_000 / self.interval.as_nanos().max(1);
        u64::try_from(rate).unwrap_or(u64::MAX)
    }

    /// What may be handed out to peers by limits of their own, together, bytes/s; 0 where the uplink is unknown. Rather
    /// too much than too little: what is too much, the link divides.
    pub fn budget(&self) -> u64 {
        match self.is_backed_up {
            true => self.uplink_bytes_per_s.saturating_add(self.uplink_bytes_per_s / HEADROOM),
            false => self.uplink_bytes_per_s.saturating_mul(UNTRIED),
        }
    }
}

/// One interested peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suitor {
    /// Its number in the torrent.
    pub peer: u32,
    /// It is unchoked now.
    pub unchoked: bool,
    /// It is the optimistic unchoke now.
    pub optimistic: bool,
    /// It has unchoked us.
    pub unchokes_us: bool,
    /// It has something that we want.
    pub interests_us: bool,
    /// It owes us blocks and doesn't send them.
    pub snubs_us: bool,
    /// Payload that it sent us lately (10 to 20 s), bytes.
    pub downloaded_bytes: u64,
    /// Payload that it sent us since the last round, bytes.
    pub downloaded_in_round_bytes: u64,
    /// Payload that we sent it lately (10 to 20 s), bytes.
    pub uploaded_bytes: u64,
    /// Payload that we sent it since the last round, bytes.
    pub uploaded_in_round_bytes: u64,
    /// Payload that we sent it in all, bytes.
    pub uploaded_in_all_bytes: u64,
    /// What it has of the torrent, as it says, bytes.
    pub held_bytes: u64,
    /// When it was connected.
    pub connected_at: Time,
    /// When it was unchoked or choked last; when it was connected, if neither.
    pub changed_at: Time,
}
