//! Which part of a baseline is judged.

use crate::measures::Measure;
use crate::scenario::text::{list, nearest, quoted};

use super::baseline::Entry;
use super::chance::seeds_needed;

/// Why nothing can be judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectError {
    /// There is nothing by the names that were asked for.
    #[error("nothing is selected: {0}")]
    Nothing(String),
    /// More seeds were asked for than were measured.
    #[error("`{name}` was measured with {measured} seeds, so {asked} can't be compared")]
    Seeds {
        /// The scenario.
        name: String,
        /// How many it has.
        measured: u32,
        /// How many were asked for.
        asked: u32,
    },
    /// However large a difference were, chance could have made it.
    #[error("with {seeds} seeds no difference is sure enough for {checks} checks: it takes {needed}")]
    TooFew {
        /// How many there are.
        seeds: u32,
        /// How many checks share the alarms.
        checks: usize,
        /// How many seeds they need.
        needed: u32,
    },
}

/// The scenarios of these names, with these measures and so many of their seeds; all of what nothing is said about.
///
/// # Errors
/// Nothing is left, or seeds that were not measured are asked for.
pub fn select(
    mut entries: Vec<Entry>,
    only: &[String],
    measures: &[&'static Measure],
    seeds: Option<u32>,
) -> Result<Vec<Entry>, SelectError> {
    let names: Vec<String> = entries.iter().map(|entry| entry.name.clone()).collect();
    let known = || names.iter().map(String::as_str);
    if let Some(name) = only.iter().find(|name| !names.contains(name)) {
        let meant = nearest(name, known()).map(|meant| format!(" (did you mean {}?)", quoted(meant)));
        return Err(SelectError::Nothing(format!(
            "the baseline has no scenario {}{}; it has {}",
            quoted(name),
            meant.unwrap_or_default(),
            list(known())
        )));
    }
    entries.retain(|entry| only.is_empty() || only.contains(&entry.name));
    let is_asked =
        |measure: &Measure| measures.is_empty() || measures.iter().any(|one| one.name == measure.name);
    if let Some(missing) = measures.iter().find(|measure| {
        !entries.iter().any(|entry| entry.limits.iter().any(|limit| limit.measure.name == measure.name))
    }) {
        return Err(SelectError::Nothing(format!(
            "the baseline does not judge {}; give it a threshold there",
            quoted(missing.name)
        )));
    }
    for entry in &mut entries {
        entry.limits.retain(|limit| is_asked(limit.measure));
        let Some(asked) = seeds else { continue };
        if asked > entry.seeds {
            return Err(SelectError::Seeds { name: entry.name.clone(), measured: entry.seeds, asked });
        }
        entry.seeds = asked;
        for figures in entry.measured.iter_mut().flat_map(|measured| measured.figures.values_mut()) {
            figures.truncate(asked as usize);
        }
    }
    entries.retain(|entry| !entry.limits.is_empty());
    if entries.is_empty() {
        return Err(SelectError::Nothing("the baseline has no scenario with a threshold".to_owned()));
    }
    enough(&entries, |entry| entry.seeds)?;
    Ok(entries)
}

/// Whether every scenario has seeds enough for a difference to be sure.
///
/// # Errors
/// One has not.
pub fn enough(entries: &[Entry], seeds: impl Fn(&Entry) -> u32) -> Result<(), SelectError> {
    let checks: usize = entries.iter().map(|entry| entry.limits.len()).sum();
    let needed = seeds_needed(checks);
    match entries.iter().map(seeds).min() {
        Some(seeds) if seeds < needed => Err(SelectError::TooFew { seeds, checks, needed }),
        _ => Ok(()),
    }
}
