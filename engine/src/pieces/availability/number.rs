//! How wide the numbers of pieces are kept.

/// A number of a piece, or of a place, in as few bytes as it needs: what is known of a thousand pieces is looked at with every
/// HAVE, and there are thousands of clients.
pub(super) trait Number: Copy + PartialEq + std::fmt::Debug {
    /// Stands for no place; no number that is.
    const NOWHERE: Self;

    /// The number, which is small enough.
    fn of(number: u32) -> Self;

    /// The number again.
    fn get(self) -> u32;
}

impl Number for u16 {
    const NOWHERE: u16 = u16::MAX;

    fn of(number: u32) -> u16 {
        number as u16
    }

    fn get(self) -> u32 {
        self.into()
    }
}

impl Number for u32 {
    const NOWHERE: u32 = u32::MAX;

    fn of(number: u32) -> u32 {
        number
    }

    fn get(self) -> u32 {
        self
    }
}
