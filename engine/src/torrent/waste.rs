//! Payload that came in vain, by cause.

/// Payload received in vain, bytes by cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waste {
    /// Blocks that had been asked for, and that somebody else had sent first: what endgame costs.
    pub duplicate: u64,
    /// Blocks that had been asked for and were given up before they came, and that nobody else has sent: from who had
    /// choked us, or was thought to be stuck.
    pub late: u64,
    /// Blocks that were never asked for, or that do not exist.
    pub unasked: u64,
    /// Pieces that did not match their hash.
    pub bad_piece: u64,
    /// Blocks that the disk had no room for.
    pub no_room: u64,
}

impl Waste {
    /// All of it, bytes.
    pub fn total(&self) -> u64 {
        self.duplicate + self.late + self.unasked + self.bad_piece + self.no_room
    }
}

impl std::ops::Add for Waste {
    type Output = Waste;

    fn add(self, other: Waste) -> Waste {
        Waste {
            duplicate: self.duplicate + other.duplicate,
            late: self.late + other.late,
            unasked: self.unasked + other.unasked,
            bad_piece: self.bad_piece + other.bad_piece,
            no_room: self.no_room + other.no_room,
        }
    }
}
