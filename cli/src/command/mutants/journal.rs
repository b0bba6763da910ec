//! What a search has written down: a line for each seed, in the order of seeds.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// A seed.
#[derive(Deserialize)]
pub struct Line {
    /// Its number.
    pub seed: u64,
    /// The course that its run took.
    digest: String,
    /// The property that did not hold.
    pub violation: Option<String>,
}

/// How many of so many seeds took another course than without the bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// Those that did.
    pub changed: u32,
    /// All that can be compared.
    pub of: u32,
}

/// The lines of a journal; none if there is no journal, as of a program that died at once. A last line that is torn is
/// left out.
pub fn read(path: &Path) -> Result<Vec<Line>, Failure> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    whole
        .map(|line| serde_json::from_str(line).map_err(|error| Failure::file("understand", path, error)))
        .collect()
}

/// Compares two searches of the same seeds; `None` if they have none in common.
pub fn reach(without: &[Line], with: &[Line]) -> Option<Reach> {
    let courses: BTreeMap<u64, &str> = without.iter().map(|line| (line.seed, &*line.digest)).collect();
    let same: Vec<bool> =
        with.iter().filter_map(|line| Some(*courses.get(&line.seed)? == line.digest)).collect();
    let changed = same.iter().filter(|same| !**same).count() as u32;
    (!same.is_empty()).then_some(Reach { changed, of: same.len() as u32 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bug_reaches_the_seeds_that_it_changes() {
        let line = |seed, digest: &str| Line { seed, digest: digest.into(), violation: None };
        let without = [line(3, "a"), line(4, "b"), line(5, "c")];
        let with = [line(4, "b"), line(5, "x"), line(6, "y")];
        assert_eq!(reach(&without, &with), Some(Reach { changed: 1, of: 2 }));
        assert_eq!(reach(&without, &[]), None);
    }

    #[test]
    fn a_torn_line_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("search.jsonl");
        assert!(read(&path).unwrap().is_empty());
        fs::write(&path, "{\"seed\":1,\"digest\":\"a\",\"violation\":\"S4\"}\n{\"seed\":2,\"dig").unwrap();
        let lines = read(&path).unwrap();
        assert_eq!((lines.len(), lines[0].violation.as_deref()), (1, Some("S4")));
        fs::write(&path, "not a line\n").unwrap();
        assert!(read(&path).is_err());
    }
}
