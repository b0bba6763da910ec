//! What an earlier run has verified, and what the next one need not verify.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::metainfo::{FileSelection, Info, InfoHash};
use swarmlab_engine::resume::{ResumeData, Unusable, read_resume_file, resume_path, write_resume_file};
use swarmlab_engine::session::StartWith;
use swarmlab_engine::storage::{FileStamp, stamp_files, sync_files};

/// How files were found before anything was done with them.
type Stamps = Vec<Option<FileStamp>>;

/// The resume data of a torrent.
#[derive(Clone)]
pub struct Resume {
    folder: PathBuf,
    path: PathBuf,
    /// The torrent was given by a magnet link, and the next time need not be fetched from peers.
    keeps_metadata: bool,
    before: Arc<OnceLock<Stamps>>,
    /// Pieces that were written and verified in this run; none if nobody knows.
    fetched: Option<Vec<u32>>,
}

impl Resume {
    /// Of a torrent in this folder.
    pub fn new(folder: &Path, torrent: InfoHash, keeps_metadata: bool) -> Resume {
        Resume {
            folder: folder.to_owned(),
            path: resume_path(folder, torrent),
            keeps_metadata,
            before: Arc::default(),
            fetched: Some(Vec::new()),
        }
    }

    /// What was kept, if something was.
    pub fn read(&self) -> Result<Option<ResumeData>, Unusable> {
        read_resume_file(&self.path)
    }

    /// Forgets what was kept: it is not to be believed, not even if this run comes to an early end.
    pub fn forget(&self) {
        let _ = fs::remove_file(&self.path);
    }

    /// Takes note of how the files are, before anything is done with them.
    pub fn look(&self, info: &Info) -> &Stamps {
        self.before.get_or_init(|| stamp_files(&self.folder, info))
    }

    /// What the content is to be begun with, by what was kept of it; nothing if all of it has to be verified.
    pub fn trusted(
        &self,
        kept: &ResumeData,
        info: &Info,
        wanted: &FileSelection,
    ) -> Result<StartWith, Unusable> {
        kept.trust(info, wanted, self.look(info)).map(StartWith::Pieces)
    }

    /// A piece was fetched.
    pub fn note_fetched(&mut self, piece: u32) {
        self.fetched.iter_mut().for_each(|fetched| fetched.push(piece));
    }

    /// Pieces may have been fetched that nobody has told of.
    pub fn lose_count(&mut self) {
        self.fetched = None;
    }

    /// Keeps what is known: takes as long as it takes to write out what was fetched. Nothing may be written meanwhile.
    pub fn keep(&self, info: &Info, held: &PieceSet) -> Result<(), String> {
        if held.is_empty() && !self.keeps_metadata {
            return Ok(());
        }
        let mut fetched = PieceSet::empty(held.piece_count());
        for piece in self.fetched.iter().flatten() {
            fetched.insert(*piece);
        }
        // Of a file that was not written here, and is whole, it is known when it was verified: who changes it after that
        // is not to go unnoticed.
        let is_untouched = |index: usize| {
            let pieces = info.files().get(index).map_or(0..0, |file| info.pieces_of(file));
            self.fetched.is_some()
                && !pieces.is_empty()
                && pieces.into_iter().all(|piece| held.contains(piece) && !fetched.contains(piece))
        };
        sync_files(&self.folder, info, |index| !is_untouched(index)).map_err(|error| error.to_string())?;
        let mut stamps = stamp_files(&self.folder, info);
        for (index, before) in self.before.get().into_iter().flatten().enumerate() {
            if is_untouched(index) {
                stamps[index] = *before;
            }
        }
        let metadata = self.keeps_metadata.then(|| info.raw().clone());
        let data = ResumeData { metadata, ..ResumeData::new(info, held, stamps) };
        write_resume_file(&self.path, &data).map_err(|error| format!("{}: {error}", self.path.display()))
    }
}
