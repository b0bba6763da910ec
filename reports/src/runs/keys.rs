//! Which keys of the resolved scenarios differ.

use std::collections::{BTreeMap, BTreeSet};

use super::Entry;

/// A key, and its value in each run; none where the run has no such key.
pub type Key = (String, Vec<Option<String>>);

/// The keys that are not the same in all runs, by name. The seed is not among them: it is a matter of the run.
pub fn differing(entries: &[Entry]) -> Vec<Key> {
    let all: Vec<BTreeMap<String, String>> = entries.iter().map(|entry| flat(&entry.scenario)).collect();
    let names: BTreeSet<&String> = all.iter().flat_map(BTreeMap::keys).collect();
    let keys = names.into_iter().filter(|name| *name != "seed" && *name != "name");
    keys.map(|name| (name.clone(), all.iter().map(|keys| keys.get(name).cloned()).collect::<Vec<_>>()))
        .filter(|(_, values)| values.iter().any(|value| *value != values[0]))
        .collect()
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
    }
}
