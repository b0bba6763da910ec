//! Where the results of a search go.

use std::path::{Path, PathBuf};

use swarmlab_sim::explore::Folder;

use crate::failure::Failure;

/// Below which folder results go when nobody says where.
const RUNS: &str = "runs";
/// Searches that are kept apart by a number.
const REPEATS_MAX: u32 = 10_000;

/// The folder that was asked for, or that of a search to go on with, or a new one below `runs`. Made before the search: a
/// folder that can't be written is better known before than after.
pub fn open(asked: Option<&Path>, resume: Option<&Path>) -> Result<Folder, Failure> {
    if let Some(path) = resume {
        return match Folder::is_search(path) {
            true => Folder::resume(path).map_err(Failure::new),
            false => Err(Failure::wrong_use(format_args!("{} holds no search", path.display()))
                .remedy("--out DIR begins a new one")),
        };
    }
    let path = match asked {
        Some(path) if Folder::is_search(path) => {
            let what = format_args!("{} already holds a search", path.display());
            return Err(Failure::wrong_use(what)
                .remedy("--resume DIR goes on with it; --out DIR names another folder"));
        }
        Some(path) => path.to_owned(),
        None => (1..=REPEATS_MAX)
            .map(|number| PathBuf::from(RUNS).join(format!("explore-{number}")))
            .find(|path| !path.exists())
            .ok_or_else(|| Failure::new(format_args!("{RUNS} holds {REPEATS_MAX} searches")))?,
    };
    Folder::create(&path).map_err(|error| Failure::new(error).remedy("--out DIR names another folder"))
}
