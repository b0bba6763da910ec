//! Which keys of the resolved scenarios differ.

use std::collections::{BTreeMap, BTreeSet};

use super::Entry;

/// A key, and its value in each run; none where the run has no such key.
pub type Key = (String, Vec<Option<String>>);

/// Of a group that only some runs have, these keys are shown.
const OF_A_GROUP: [&str; 7] = ["count", "has", "access", "up", "down", "picker", "choker"];

/// The keys that are not the same in all runs, by name; of a group, a link or an event that only some have, one line. The
/// seed is not among them: it is a matter of the run.
pub fn differing(entries: &[Entry]) -> Vec<Key> {
    let all: Vec<BTreeMap<String, String>> = entries.iter().map(|entry| flat(&entry.scenario)).collect();
    let names: BTreeSet<&String> = all.iter().flat_map(BTreeMap::keys).collect();
    let mut lines: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
    for name in names.into_iter().filter(|name| *name != "seed" && *name != "name") {
        let item = item(name);
        let is_shared = |item: &str| all.iter().all(|keys| keys.keys().any(|key| key.starts_with(item)));
        match item.filter(|item| !is_shared(item)) {
            Some(item) => {
                let values = || all.iter().map(|keys| words(keys, item)).collect();
                lines.entry(item.trim_end_matches('.').to_owned()).or_insert_with(values);
            }
            None => {
                lines.insert(name.clone(), all.iter().map(|keys| keys.get(name).cloned()).collect());
            }
        }
    }
    lines.into_iter().filter(|(_, values)| values.iter().any(|value| *value != values[0])).collect()
}

/// The beginning of the path that a group's, a link's or an event's keys have in common.
fn item(path: &str) -> Option<&str> {
    let (table, rest) = path.split_once('.')?;
    match table {
        "peers" | "links" => rest.find('.').map(|end| &path[..table.len() + end + 2]),
        _ => table.ends_with(']').then(|| &path[..=table.len()]),
    }
}

/// What is to be said of an item in a line, if the run has it.
fn words(keys: &BTreeMap<String, String>, item: &str) -> Option<String> {
    let own = keys.iter().filter_map(|(path, value)| Some((path.strip_prefix(item)?, value)));
    let telling = own.filter(|(name, _)| !item.starts_with("peers.") || OF_A_GROUP.contains(name));
    let words: Vec<String> = telling.map(|(name, value)| format!("{name} {value}")).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// Every value by its path: `peers.seed.up`, `events[2].for`. Nothing of a text that is no TOML.
fn flat(text: &str) -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    if let Ok(table) = text.parse::<toml::Table>() {
        table.iter().for_each(|(name, value)| add(&mut keys, name.clone(), value));
    }
    keys
}

fn add(keys: &mut BTreeMap<String, String>, path: String, value: &toml::Value) {
    match value {
        toml::Value::Table(table) => {
            table.iter().for_each(|(name, value)| add(keys, format!("{path}.{name}"), value));
        }
        toml::Value::Array(items) if items.iter().any(toml::Value::is_table) => {
            let items = items.iter().enumerate();
            items.for_each(|(index, value)| add(keys, format!("{path}[{}]", index + 1), value));
        }
        toml::Value::String(text) => {
            keys.insert(path, text.clone());
        }
        value => {
            keys.insert(path, value.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_a_path() {
        let keys = flat(
            "seed = 1\n[peers.a]\nup = \"1 Mbit/s\"\nhas = [1, 2]\n[[events]]\nat = \"1 s\"\n[[events]]\npause = { group = \"a\" }\n",
        );
        let lines: Vec<String> = keys.iter().map(|(path, value)| format!("{path} = {value}")).collect();
        let expected = [
            "events[1].at = 1 s",
            "events[2].pause.group = a",
            "peers.a.has = [1, 2]",
            "peers.a.up = 1 Mbit/s",
            "seed = 1",
        ];
        assert_eq!(lines, expected);
        assert!(flat("no = toml = at all").is_empty());
        assert_eq!(
            ["peers.a.up", "events[2].pause.group", "torrent.size", "seed"].map(item),
            [Some("peers.a."), Some("events[2]."), None, None]
        );
        assert_eq!(words(&keys, "events[2].").as_deref(), Some("pause.group a"));
        assert_eq!(words(&keys, "peers.b."), None);
    }
}
