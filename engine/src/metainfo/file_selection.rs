//! Which files of a torrent are wanted (BEP 53).

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::bitfield::PieceSet;

use super::{File, Info};

/// Numbers and ranges that a selection may list.
pub const FILE_RANGES_MAX: usize = 1_000;

/// Files by their [numbers](File::number): all of them, unless some are listed, as `0,2,4-6`. A number that no file has
/// selects nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSelection {
    /// All files if there are none.
    ranges: Vec<RangeInclusive<u32>>,
}

/// Text that is no list of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("files are listed like 0,2,4-6, with at most {FILE_RANGES_MAX} numbers and ranges")]
pub struct BadSelection;

impl FileSelection {
    /// Every file.
    pub const fn all() -> FileSelection {
        FileSelection { ranges: Vec::new() }
    }

    /// Nothing is left out.
    pub fn is_all(&self) -> bool {
        self.ranges.is_empty()
    }

    /// What is listed; nothing if it is all.
    pub fn ranges(&self) -> &[RangeInclusive<u32>] {
        &self.ranges
    }

    /// A file is wanted. Padding never is: it belongs to no file.
    pub fn wants(&self, file: &File) -> bool {
        !file.padding && (self.is_all() || self.ranges.iter().any(|range| range.contains(&file.number)))
    }

    /// The pieces in which wanted files have bytes.
    pub fn pieces(&self, info: &Info) -> PieceSet {
        let count = info.geometry().piece_count;
        if self.is_all() {
            return PieceSet::full(count);
        }
        let mut pieces = PieceSet::empty(count);
        for piece in info.files().iter().filter(|file| self.wants(file)).flat_map(|file| info.pieces_of(file))
        {
            pieces.insert(piece);
        }
        pieces
    }
}

impl FromIterator<RangeInclusive<u32>> for FileSelection {
    /// Without a range it is all.
    fn from_iter<T: IntoIterator<Item = RangeInclusive<u32>>>(ranges: T) -> FileSelection {
        FileSelection { ranges: ranges.into_iter().collect() }
    }
}

impl FromStr for FileSelection {
    type Err = BadSelection;

    fn from_str(text: &str) -> Result<FileSelection, BadSelection> {
        let number = |text: &str| text.parse::<u32>().map_err(|_| BadSelection);
        let range = |text: &str| {
            let (first, last) = text.split_once('-').unwrap_or((text, text));
            let range = number(first)?..=number(last)?;
            if range.is_empty() { Err(BadSelection) } else { Ok(range) }
        };
        let ranges: Vec<_> =
            text.split(',').take(FILE_RANGES_MAX + 1).map(range).collect::<Result<_, _>>()?;
        if ranges.len() > FILE_RANGES_MAX { Err(BadSelection) } else { Ok(FileSelection { ranges }) }
    }
}

impl fmt::Display for FileSelection {
    /// The list; nothing if it is all.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, range) in self.ranges.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(f, "{comma}{}", range.start())?;
            if range.end() > range.start() {
                write!(f, "-{}", range.end())?;
            }
        }
        Ok(())
    }
}
