//! Where bytes of files lie that are not wanted, and come with pieces that are.
//!
//! One file for a torrent, hidden beside the content. A byte of the content stands in it where it stands in the content, so
//! nothing has to be noted beside, and it is sparse: it takes the room of the parts, where the file system can do it. Once all
//! files are wanted, or there, it is removed; the pieces of what has become wanted are fetched again, two of a file at most.

use crate::metainfo::{FileSelection, Info};
use crate::storage::DiskError;

use super::spans::Span;

/// Which files of a torrent have their parts elsewhere.
#[derive(Debug)]
pub(super) struct Parts {
    /// By file, where it begins in the content.
    elsewhere: Vec<Option<u64>>,
}

impl Parts {
    /// Those that are neither wanted nor there.
    pub(super) fn of(
        info: &Info,
        wanted: &FileSelection,
        mut is_there: impl FnMut(usize) -> Result<bool, DiskError>,
    ) -> Result<Parts, DiskError> {
        let mut elsewhere = vec![None; info.files().len()];
        for (index, file) in info.files().iter().enumerate() {
            if !file.padding && !wanted.wants(file) && !is_there(index)? {
                elsewhere[index] = Some(file.offset);
            }
        }
        Ok(Parts { elsewhere })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.elsewhere.iter().all(Option::is_none)
    }

    /// The file of a span, by its index, and where in it. The file of the parts comes after all others.
    pub(super) fn place(&self, span: &Span) -> (usize, u64) {
        match self.elsewhere[span.file] {
            Some(start) => (self.elsewhere.len(), start + span.offset),
            None => (span.file, span.offset),
        }
    }
}

/// The name of the file of the parts, below the target folder.
pub(super) fn parts_path(info: &Info) -> Vec<String> {
    vec![format!(".{}.swarmlab-parts", info.hash())]
}
