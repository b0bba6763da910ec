//! The page about chokers says what the registry says.

use std::fmt::Write;
use std::path::Path;

use swarmlab_engine::choker::registry::{Entry, LEECHERS, SEEDS};

/// Names with those for whom they are, each once, in the order of the registry.
fn entries() -> Vec<(&'static Entry, &'static str)> {
    let is_in = |entry: &Entry, registry: &[Entry]| registry.iter().any(|other| other.rule == entry.rule);
    let whose = |entry: &Entry| match (is_in(entry, LEECHERS), is_in(entry, SEEDS)) {
        (true, true) => "both",
        (true, false) => "leechers",
        (false, _) => "seeds",
    };
    let only_seeds = SEEDS.iter().filter(|entry| !is_in(entry, LEECHERS));
    LEECHERS.iter().chain(only_seeds).map(|entry| (entry, whose(entry))).collect()
}

fn table() -> String {
    let mut table = "| name | for | rule | source |\n|---|---|---|---|\n".to_owned();
    for (Entry { name, rule, source, .. }, whose) in entries() {
        writeln!(table, "| `{name}` | {whose} | {rule} | {source} |").unwrap();
    }
    table
}

#[test]
fn the_page_about_chokers_has_each_of_them() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/algorithms/chokers.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let table = table();
    assert!(text.contains(&table), "{} is to have this table:\n\n{table}", page.display());
}
