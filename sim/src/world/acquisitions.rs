//! When each peer came to hold each piece: noted as it happens, within a bound.

use swarmlab_engine::time::Time;

use crate::results::{ACQUISITIONS_MAX, AcquisitionRow};

/// The rows so far. When there are too many of them, only every second of the pieces noted is noted from then on, and
/// the rows of the others are dropped.
#[derive(Debug)]
pub struct Acquisitions {
    rows_max: usize,
    /// Pieces whose number is divisible by it are noted.
    stride: u32,
    rows: Vec<AcquisitionRow>,
}

impl Acquisitions {
    /// None yet, and never more than [`ACQUISITIONS_MAX`].
    pub fn new() -> Acquisitions {
        Acquisitions { rows_max: ACQUISITIONS_MAX, stride: 1, rows: Vec::new() }
    }

    /// A peer holds a piece from now on, in its visit of this number.
    pub fn note(&mut self, now: Time, peer: u32, visit: u32, piece: u32) {
        if !piece.is_multiple_of(self.stride) {
            return;
        }
        if self.rows.len() >= self.rows_max {
            self.stride = self.stride.saturating_mul(2);
            let stride = self.stride;
            self.rows.retain(|row| row.piece.is_multiple_of(stride));
            if self.rows.len() >= self.rows_max || !piece.is_multiple_of(stride) {
                return; // a piece of which so many peers have come to hold copies: what there is has to do
            }
        }
        self.rows.push(AcquisitionRow { time_s: now.as_secs_f64(), peer, visit, piece });
    }

    /// All rows in the order of time.
    pub fn into_rows(self) -> Vec<AcquisitionRow> {
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bounded_and_whole_in_the_pieces_that_are_left(pieces in 1u32..40, peers in 1u32..40, rows_max in 1usize..200) {
            let mut acquisitions = Acquisitions { rows_max, ..Acquisitions::new() };
            for (peer, piece) in (0..peers).flat_map(|peer| (0..pieces).map(move |piece| (peer, piece))) {
                acquisitions.note(Time::ZERO, peer, 1, piece);
            }
            let stride = acquisitions.stride;
            let rows = acquisitions.into_rows();
            prop_assert!(rows.len() <= rows_max);
            let all = (peers * pieces.div_ceil(stride)) as usize;
            // All of every piece that is left, unless the peers alone are too many.
            prop_assert!(rows.len() == all || peers as usize > rows_max, "{} of {all}", rows.len());
        }
    }
}
