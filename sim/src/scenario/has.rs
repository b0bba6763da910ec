//! `has`: what a host holds when it arrives.

/// What a host holds when it arrives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Has {
    /// `"all"`: it is a seed.
    All,
    /// `"nothing"`: it is a leecher.
    Nothing,
    /// `{ share = "30 %" }`: random pieces, each host's own draw; over 0 and below 1.
    Share(f64),
    /// `{ all_but = 1 }`: all but the last so many pieces, the same ones for everybody in every such group; at least 1.
    AllBut(u32),
}
