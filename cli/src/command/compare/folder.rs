//! Where the results of a comparison go.

use std::path::{Path, PathBuf};

use swarmlab_sim::compare::{Journal, Plan};

use crate::failure::Failure;

/// Below which folder results go when nobody says where.
const RUNS: &str = "runs";
/// Comparisons of one scenario that are kept apart by a number.
const REPEATS_MAX: u32 = 10_000;

/// The folder that was asked for, or a new one below `runs`. Made before the runs: a folder that can't be written is
/// better known before than after.
pub fn create(asked: Option<&Path>, plan: Plan) -> Result<(PathBuf, Journal, Plan), Failure> {
    let path = match asked {
        Some(path) if Journal::is_begun(path) => {
            let what = format_args!("{} already holds a comparison", path.display());
            return Err(Failure::wrong_use(what)
                .remedy("--resume DIR goes on with it; --out DIR names another folder"));
        }
        Some(path) => path.to_owned(),
        None => (1..=REPEATS_MAX)
            .map(|number| PathBuf::from(RUNS).join(format!("compare-{}-{number}", plan.scenario)))
            .find(|path| !path.exists())
            .ok_or_else(|| Failure::new(format_args!("{RUNS} holds {REPEATS_MAX} such folders")))?,
    };
    let journal = Journal::create(&path, &plan)
        .map_err(|error| Failure::new(error).remedy("--out DIR names another folder"))?;
    Ok((path, journal, plan))
}

/// A folder in which a comparison was begun.
pub fn resume(path: &Path) -> Result<(PathBuf, Journal, Plan), Failure> {
    if !Journal::is_begun(path) {
        let what = format_args!("{} holds no comparison", path.display());
        return Err(Failure::wrong_use(what).remedy("--out DIR begins a new one"));
    }
    let (journal, plan) = Journal::resume(path).map_err(Failure::new)?;
    Ok((path.to_owned(), journal, plan))
}
