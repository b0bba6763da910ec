//! The target folder, and the promise that nothing outside of it is touched.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The folder below which all files of a torrent lie, with all links on the way to it resolved.
#[derive(Debug)]
pub(super) struct Target {
    root: PathBuf,
}

impl Target {
    /// Opens the folder; creates it if need be.
    pub(super) fn open(folder: &Path) -> io::Result<Target> {
        fs::create_dir_all(folder)?;
        Ok(Target { root: fs::canonicalize(folder)? })
    }

    /// Where these names lie below the folder. The names were checked when the torrent was read; here they must also
    /// be plain names to this platform (on Windows `C:` is not).
    pub(super) fn join(&self, names: &[String]) -> io::Result<PathBuf> {
        let mut path = self.root.clone();
        for name in names {
            let mut components = Path::new(name).components();
            match (components.next(), components.next()) {
                (Some(Component::Normal(normal)), None) if normal == name.as_str() => path.push(name),
                _ => return Err(refused(format!("{name:?} is not a plain name"))),
            }
        }
        Ok(path)
    }

    /// Refuses a path of [`join`](Target::join) if a link on it leads out of the folder or nowhere, or if what is there
    /// is no regular file. Holds for the moment of the call: nothing can be promised about somebody who exchanges
    /// folders for links meanwhile.
    pub(super) fn check(&self, path: &Path) -> io::Result<()> {
        let mut reached = self.root.clone();
        let below = path.strip_prefix(&self.root).map_err(|_| refused("outside the target folder".into()))?;
        for name in below.components() {
            reached.push(name);
            match fs::symlink_metadata(&reached) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(error),
                Ok(metadata) if metadata.is_symlink() => {
                    let inside = fs::canonicalize(&reached).is_ok_and(|real| real.starts_with(&self.root));
                    if !inside {
                        return Err(refused("a link that leads out of the target folder, or nowhere".into()));
                    }
                }
                Ok(_) => {}
            }
        }
        if fs::metadata(path)?.is_file() { Ok(()) } else { Err(refused("not a regular file".into())) }
    }
}

fn refused(text: String) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, text)
}
