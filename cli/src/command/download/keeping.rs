//! Keeping what was verified: once the content is complete, or at the end.

use std::sync::Arc;

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::metainfo::Metainfo;
use tokio::task::{JoinHandle, spawn_blocking};

use super::resuming::Resume;

/// The resume data of a running download.
pub struct Keeping {
    resume: Resume,
    state: State,
}

enum State {
    /// To be written at the end.
    Open,
    /// Being written.
    Writing(JoinHandle<Result<(), String>>),
    /// Written, or tried in vain: the content is not written any more, so there will be nothing to add.
    Done,
}

impl Keeping {
    pub fn new(resume: Resume) -> Keeping {
        Keeping { resume, state: State::Open }
    }

    /// A piece was fetched.
    pub fn note_fetched(&mut self, piece: u32) {
        self.resume.note_fetched(piece);
    }

    /// Pieces may have been fetched that nobody has told of.
    pub fn lose_count(&mut self) {
        self.resume.lose_count();
    }

    /// Begins to write, while others are served: nothing is written to the content from now on.
    pub fn begin(&mut self, metainfo: Arc<Metainfo>, held: PieceSet) {
        let resume = self.resume.clone();
        self.state = State::Writing(spawn_blocking(move || resume.keep(&metainfo.info, &held)));
    }

    /// Waits for a failure; for ever, if there is none. Nothing is lost if the future is dropped.
    pub async fn failed(&mut self) -> String {
        if let State::Writing(writing) = &mut self.state {
            let written = writing.await;
            self.state = State::Done;
            if let Ok(Err(error)) = written {
                return warning(&error);
            }
        }
        std::future::pending().await
    }

    /// The end: the client has stopped, and this is what it says that it holds of each torrent.
    pub async fn finish(
        mut self,
        held: Option<Vec<Option<PieceSet>>>,
        metainfo: Option<Arc<Metainfo>>,
    ) -> Result<(), String> {
        if let State::Open = self.state {
            let Some(held) = held else {
                return Err("the goodbye took too long: what is there is verified at the next start".into());
            };
            // Nothing is known of what has not been looked at yet.
            let (Some(Some(held)), Some(metainfo)) = (held.into_iter().next(), metainfo) else {
                return Ok(());
            };
            self.begin(metainfo, held);
        }
        let State::Writing(writing) = self.state else { return Ok(()) };
        match writing.await {
            Ok(Err(error)) => Err(warning(&error)),
            _ => Ok(()),
        }
    }
}

fn warning(error: &str) -> String {
    format!("no resume data, so all is verified at the next start: {error}")
}
