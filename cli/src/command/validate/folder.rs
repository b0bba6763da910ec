//! Where the results of a validation go.

use std::fs;
use std::path::{Path, PathBuf};

use swarmlab_sim::validate::{Size, Validation};

use crate::failure::Failure;

/// Below which folder results go when nobody says where.
const RUNS: &str = "runs";
/// Validations of one size that are kept apart by a number.
const REPEATS_MAX: u32 = 10_000;

/// The folder that was asked for, or a new one below `runs`. Made before the runs: a folder that can't be written is
/// better known before than after.
pub fn create(asked: Option<&Path>, size: Size) -> Result<PathBuf, Failure> {
    let path = match asked {
        Some(path) if path.join(Validation::FILE).exists() => {
            let what = format_args!("{} already holds a validation", path.display());
            return Err(Failure::wrong_use(what).remedy("--out DIR names another folder"));
        }
        Some(path) => path.to_owned(),
        None => (1..=REPEATS_MAX)
            .map(|repeat| path(size, repeat))
            .find(|path| !path.exists())
            .ok_or_else(|| Failure::new(format_args!("{RUNS} holds {REPEATS_MAX} such folders")))?,
    };
    fs::create_dir_all(&path).map_err(|error| Failure::file("create", &path, error))?;
    Ok(path)
}

fn path(size: Size, repeat: u32) -> PathBuf {
    let name = match size {
        Size::Short => "validate-short",
        Size::Normal => "validate",
        Size::Full => "validate-full",
    };
    Path::new(RUNS).join(format!("{name}-{repeat}"))
}
