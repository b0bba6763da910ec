//! The journal of a search: a line for each seed, in the order of seeds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::explore::Judgement;
use crate::worlds::World;

/// What is written down of a seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub seed: u64,
    /// Where it ran; journals of earlier versions don't say, and most are of the event world.
    #[serde(default)]
    pub world: World,
    pub digest: String,
    pub events: u64,
    pub simulated_s: f64,
    /// The property that did not hold.
    pub violation: Option<String>,
    /// What was seen that a long search must see, and how often.
    #[serde(default)]
    pub sometimes: BTreeMap<String, u64>,
}

impl Line {
    pub fn new(seed: u64, world: World, judgement: &Judgement) -> Line {
        let seen = judgement.sometimes.iter().filter(|(_, count)| *count > 0);
        Line {
            seed,
            world,
            digest: judgement.digest.clone(),
            events: judgement.events,
            simulated_s: judgement.simulated_s,
            violation: judgement.violation.as_ref().map(|violation| violation.property.id.to_owned()),
            sometimes: seen.map(|(name, count)| (name.to_owned(), count)).collect(),
        }
    }

    /// As it stands in the file.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("plain data") + "\n"
    }
}

/// The whole lines at the beginning of a journal, and how many bytes they take. What is torn, or does not follow on what
/// is before it, is left out with all behind it.
pub fn read(text: &[u8]) -> (Vec<Line>, usize) {
    let mut lines: Vec<Line> = Vec::new();
    let mut bytes = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n")) {
        let Ok(read) = serde_json::from_slice::<Line>(line) else { break };
        if lines.last().is_some_and(|before| (before.seed + 1, before.world) != (read.seed, read.world)) {
            break;
        }
        lines.push(read);
        bytes += line.len();
    }
    (lines, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(seed: u64) -> Line {
        let sometimes = BTreeMap::from([("a peer banned".to_owned(), seed)]);
        Line {
            seed,
            world: World::Turmoil,
            digest: "ab".into(),
            events: 7,
            simulated_s: 1.5,
            violation: None,
            sometimes,
        }
    }

    #[test]
    fn a_torn_journal_is_read_up_to_its_last_whole_line() {
        let whole: String = (3..6).map(|seed| line(seed).text()).collect();
        for torn in 0..=whole.len() {
            let (lines, bytes) = read(&whole.as_bytes()[..torn]);
            assert_eq!(lines, (3..).map(line).take(lines.len()).collect::<Vec<_>>());
            assert_eq!(bytes, lines.iter().map(|line| line.text().len()).sum::<usize>());
            assert!(torn < bytes + line(3).text().len() + 1);
        }
        let elsewhere = line(3).text() + &Line { world: World::Event, ..line(4) }.text();
        assert_eq!(read(elsewhere.as_bytes()).0, [line(3)]);
        let gap = line(3).text() + &line(5).text();
        assert_eq!(read(gap.as_bytes()).0, [line(3)]);
    }
}
