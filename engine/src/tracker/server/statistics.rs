//! What a tracker counts.

/// What a tracker has served since it began, and whom it knows now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Torrents that somebody takes part in.
    pub torrents: usize,
    /// Peers that are complete.
    pub seeds: usize,
    /// Peers that are not.
    pub leechers: usize,
    /// Announces that were accepted.
    pub announces: u64,
    /// Scrapes that were accepted.
    pub scrapes: u64,
    /// Connection ids given out over UDP.
    pub connects: u64,
    /// Requests that were refused, or not understood.
    pub refused: u64,
}
