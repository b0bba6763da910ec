//! What a storage answers, as one would compute it by hand, for bytes that are kept in whatever way.

use std::ops::Range;

use swarmlab_engine::metainfo::BLOCK_BYTES;
use swarmlab_engine::storage::{DiskError, DiskErrorKind, Outcome, Work};

use super::{PIECE, TOTAL};

/// Bytes, and the one storage job that is more than reading and writing them.
pub trait Model {
    fn read(&self, range: Range<usize>) -> Result<Vec<u8>, DiskErrorKind>;

    fn write(&mut self, start: usize, bytes: &[u8]) -> Result<(), DiskErrorKind>;

    /// The answer to a job on a torrent whose right content is `right`.
    fn answer(&mut self, work: &Work, right: &[u8]) -> Outcome {
        let error = |kind| DiskError { kind, text: String::new() };
        match work {
            Work::Read { piece, begin, length } => {
                let bytes = match inside(*piece, *begin, *length as usize) {
                    Some(range) => self.read(range),
                    None => Err(DiskErrorKind::Io),
                };
                Outcome::Read(bytes.map(Into::into).map_err(error))
            }
            Work::Write { piece, begin, data } => {
                let range = inside(*piece, *begin, data.len());
                let whole_block = range.filter(|range| {
                    begin.is_multiple_of(BLOCK_BYTES)
                        && (range.len() == BLOCK_BYTES as usize || range.end == piece_range(*piece).end)
                        && range.len() <= BLOCK_BYTES as usize
                });
                Outcome::Written(match whole_block {
                    Some(range) => self.write(range.start, &data.clone().into_bytes()).map_err(error),
                    None => Err(error(DiskErrorKind::Io)),
                })
            }
            Work::Verify { piece } if *piece < 3 => {
                let range = piece_range(*piece);
                Outcome::Verified(match self.read(range.clone()) {
                    Ok(bytes) => Ok(bytes == right[range]),
                    Err(DiskErrorKind::Missing) => Ok(false),
                    Err(kind) => Err(error(kind)),
                })
            }
            Work::Verify { .. } => Outcome::Verified(Err(error(DiskErrorKind::Io))),
        }
    }
}

pub fn piece_range(piece: u32) -> Range<usize> {
    let start = piece as usize * PIECE;
    start..TOTAL.min(start + PIECE)
}

/// Where in the content the range is, if it is one.
fn inside(piece: u32, begin: u32, length: usize) -> Option<Range<usize>> {
    let within = piece_range(piece);
    let range = within.start + begin as usize..within.start + begin as usize + length;
    (piece < 3 && length > 0 && range.end <= within.end).then_some(range)
}

/// Bytes in memory, of which some were never written.
pub struct Blocks {
    bytes: Vec<Option<u8>>,
}

impl Blocks {
    pub fn empty() -> Blocks {
        Blocks { bytes: vec![None; TOTAL] }
    }

    /// Forgets all but the pieces that are as they should be; answers which those are.
    pub fn keep_verified(&mut self, right: &[u8]) -> Vec<u32> {
        let is_right = |piece: &u32| {
            let range = piece_range(*piece);
            self.read(range.clone()).is_ok_and(|bytes| bytes == right[range])
        };
        let (verified, others): (Vec<u32>, Vec<u32>) = (0..3).partition(is_right);
        others.into_iter().for_each(|piece| self.bytes[piece_range(piece)].fill(None));
        verified
    }
}

impl Model for Blocks {
    fn read(&self, range: Range<usize>) -> Result<Vec<u8>, DiskErrorKind> {
        let bytes: Option<Vec<u8>> = self.bytes[range].iter().copied().collect();
        bytes.ok_or(DiskErrorKind::Missing)
    }

    fn write(&mut self, start: usize, bytes: &[u8]) -> Result<(), DiskErrorKind> {
        let place = &mut self.bytes[start..start + bytes.len()];
        place.iter_mut().zip(bytes).for_each(|(place, byte)| *place = Some(*byte));
        Ok(())
    }
}
