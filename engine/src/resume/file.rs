//! Resume data in a file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use crate::metainfo::InfoHash;

use super::{RESUME_BYTES_MAX, ResumeData, Unusable};

/// Where the resume data of a torrent lie whose content is in this folder: a hidden file beside it. As with aria2's
/// control files, whoever moves or removes the folder takes them along; and the info-hash is known of a magnet link too.
pub fn resume_path(folder: &Path, torrent: InfoHash) -> PathBuf {
    folder.join(format!(".{torrent}.swarmlab"))
}

/// Reads the resume data that are kept there, if there are any.
///
/// # Errors
/// They can't be read, or are not what was written.
pub fn read_resume_file(path: &Path) -> Result<Option<ResumeData>, Unusable> {
    match fs::symlink_metadata(path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
        // What else has this name was not written here, and to open it might wait for ever.
        Ok(metadata) if !metadata.is_file() => return Err(Unusable::Damaged),
        Ok(_) => {}
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(RESUME_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    ResumeData::decode(&bytes).map(Some)
}

/// Keeps resume data there, in place of what was there before. Whatever happens meanwhile, there are the old ones or the
/// new ones, whole.
///
/// # Errors
/// They can't be written; then the old ones are still there.
pub fn write_resume_file(path: &Path, data: &ResumeData) -> io::Result<()> {
    let written = path.with_extension("swarmlab-new");
    // What is left of one who was killed while writing.
    fs::remove_file(&written).or_else(|error| match error.kind() {
        ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })?;
    let done = write_new(&written, &data.encode()).and_then(|()| fs::rename(&written, path));
    if done.is_err() {
        let _ = fs::remove_file(&written);
        return done;
    }
    // The name is to last, too; where folders can't be opened, it does as well as it can.
    if let Some(Ok(folder)) = path.parent().map(File::open) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
