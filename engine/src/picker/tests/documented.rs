//! `docs/algorithms/pickers.md` is the registry, for people.

use super::*;

#[test]
fn the_page_of_pickers_is_the_registry() {
    let page = include_str!("../../../../docs/algorithms/pickers.md");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
    let registry: Vec<String> = REGISTRY
        .iter()
        .map(|entry| format!("| `{}` | {} | {} |", entry.name, entry.rule, entry.source))
        .collect();
    assert_eq!(
        rows,
        registry,
        "the table of docs/algorithms/pickers.md; it should be\n\n{}\n",
        registry.join("\n")
    );
}
