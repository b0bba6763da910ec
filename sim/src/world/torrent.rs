//! The torrent that a scenario is about, and its content.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

use swarmlab_engine::metainfo::{Info, Metainfo, make};
use swarmlab_engine::storage::Content;

use crate::scenario::{Scenario, TorrentSpec};

use super::WorldError;

/// Formula content is the same in every run: the run's seed decides what happens to it, not what it is.
const CONTENT_SEED: u64 = 0x5357_4152_4d4c_4142;

/// What formula content is called, whatever the scenario is: from the name follows the info hash, and from that who may
/// fetch which piece while it is choked.
const CONTENT_NAME: &str = "content";

/// The torrent, announced at this tracker and no other, and the content that all hosts share.
pub fn torrent(scenario: &Scenario, tracker: String) -> Result<(Arc<Metainfo>, Content), WorldError> {
    let tiers = vec![vec![tracker]];
    match &scenario.torrent {
        TorrentSpec::Formula { .. } => {
            let geometry = scenario.torrent.geometry().expect("a formula's geometry is known");
            let content = Content::formula(CONTENT_SEED, geometry);
            let fields = make::Fields { tiers, ..make::Fields::default() };
            let metainfo = make::from_hashes(CONTENT_NAME, geometry, content.piece_hashes(), &fields)?;
            Ok((Arc::new(metainfo), content))
        }
        TorrentSpec::File { torrent, content } => {
            let metainfo = Metainfo::read(&read(torrent)?)
                .map_err(|source| WorldError::Torrent { path: torrent.clone(), source })?;
            let content = match content {
                Some(path) => Content::of_torrent(&metainfo.info, gather(&metainfo.info, path)?)
                    .map_err(|source| WorldError::Content { path: path.clone(), source })?,
                None => Content::stand_in(CONTENT_SEED, &metainfo.info),
            };
            Ok((Arc::new(Metainfo { tiers, ..metainfo }), content))
        }
    }
}

/// All bytes of a torrent, from the file, or from the folder that holds its files.
fn gather(info: &Info, path: &Path) -> Result<Bytes, WorldError> {
    if path.is_file() {
        return Ok(read(path)?.into());
    }
    let mut whole = Vec::new();
    for file in info.files() {
        if file.padding {
            whole.resize(whole.len() + file.length as usize, 0);
        } else {
            // The first name is the torrent's: the folder itself.
            let names = if file.path.len() > 1 { &file.path[1..] } else { &file.path[..] };
            whole.extend(read(&path.join(names.iter().collect::<std::path::PathBuf>()))?);
        }
    }
    Ok(whole.into())
}

fn read(path: &Path) -> Result<Vec<u8>, WorldError> {
    std::fs::read(path).map_err(|source| WorldError::Read { path: path.to_owned(), source })
}
