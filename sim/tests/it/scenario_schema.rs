//! The descriptions of the format agree with its reader, and those in `docs` with the program.

use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::Value;
use swarmlab_sim::results;
use swarmlab_sim::scenario::{Scenario, describe};

use crate::scenario_strategy::scenario;

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(&describe::json_schema()).expect("the schema is JSON");
    jsonschema::draft202012::meta::validate(&schema).unwrap_or_else(|error| panic!("{error}"));
    jsonschema::validator_for(&schema).expect("the schema is one")
});

fn json(toml: &str) -> Value {
    toml::from_str(toml).unwrap_or_else(|error| panic!("{error}\n{toml}"))
}

/// What the schema has against a document.
fn complaints(toml: &str) -> Vec<String> {
    let document = json(toml);
    SCHEMA.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path)).collect()
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in the repository")
}

#[test]
fn every_scenario_of_the_project_is_valid() {
    for entry in std::fs::read_dir(repository().join("scenarios")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!(complaints(&text), [""; 0], "{path:?}");
        }
    }
}

#[test]
fn the_pages_in_docs_are_those_of_the_program() {
    for (file, page, option) in [
        ("docs/scenario.md", describe::reference(), " --reference"),
        ("docs/scenario.schema.json", describe::json_schema(), ""),
        ("docs/tables.md", results::reference(), " --tables"),
    ] {
        let committed = std::fs::read_to_string(repository().join(file)).unwrap_or_default();
        assert!(
            committed == page,
            "{file} is stale; this renews it: cargo run --package swarmlab -- schema{option} > {file}"
        );
    }
}

const RIGHT: &str = r#"
[torrent]
size = "64 MiB"
[links.campus]
up = "1 Gbit/s"
down = "1 Gbit/s"
[peers.seed]
count = 1
has = "all"
up = "20 Mbit/s"
down = "100 Mbit/s"
[peers.leecher]
count = 20
access = "us-2021"
behind = "campus"
[[events]]
at = "60 s"
crash = { peers = "leecher", share = "50 %" }
for = "30 s"
"#;

#[test]
fn a_mistake_is_refused_by_both() {
    assert_eq!(complaints(RIGHT), [""; 0]);
    assert!(Scenario::parse("crowd.toml", RIGHT, &[]).is_ok());
    for (old, new) in [
        ("size =", "sizes ="),
        ("[torrent]", "[torrents]"),
        ("has =", "hass ="),
        ("\"64 MiB\"", "64"),
        ("\"64 MiB\"", "\"64 mebibytes\""),
        ("\"all\"", "\"most\""),
        ("count = 20", "count = -20"),
        ("count = 20\n", ""),
        ("access = \"us-2021\"", "access = \"mars-2021\""),
        ("access = \"us-2021\"\n", ""),
        ("\"50 %\"", "0.5"),
        ("share =", "chare ="),
        ("crash =", "crush ="),
        ("at = \"60 s\"", "at = 60"),
        ("at = \"60 s\"", "at = \"60 s\"\nwhen = { spread = 1 }"),
        ("at = \"60 s\"\n", ""),
        ("down = \"1 Gbit/s\"\n", ""),
    ] {
        assert!(RIGHT.contains(old), "{old}");
        let wrong = RIGHT.replacen(old, new, 1);
        assert_ne!(complaints(&wrong), [""; 0], "{new}");
        assert!(Scenario::parse("crowd.toml", &wrong, &[]).is_err(), "{new}");
    }
}

/// The tables of a document and the tables in them, each as the way there: keys and numbers.
fn tables(value: &Value, path: Vec<String>, found: &mut Vec<Vec<String>>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(table) => {
            found.push(path.clone());
            table.iter().map(|(key, value)| (key.clone(), value)).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().map(|(number, value)| (number.to_string(), value)).collect()
        }
        _ => return,
    };
    for (key, value) in inner {
        tables(value, [&path[..], &[key]].concat(), found);
    }
}

fn at<'a>(document: &'a mut Value, path: &[String]) -> &'a mut Value {
    path.iter().fold(document, |value, key| match value {
        Value::Array(items) => &mut items[key.parse::<usize>().unwrap()],
        value => &mut value[key.as_str()],
    })
}

proptest! {
    #[test]
    fn what_is_written_is_valid(scenario in scenario()) {
        let mut scenario = scenario;
        // TOML's own integers end there.
        scenario.seed >>= 1;
        let text = scenario.to_toml();
        prop_assert_eq!(complaints(&text), [""; 0], "{}", text);
        // And it is the document that the reader reads.
        prop_assert!(Scenario::parse("written.toml", &text, &[]).is_ok());
    }

    #[test]
    fn a_key_that_is_none_is_refused_by_both_wherever_it_stands(scenario in scenario(), which: prop::sample::Index) {
        let mut scenario = scenario;
        scenario.seed >>= 1;
        let mut document = json(&scenario.to_toml());
        let mut found = Vec::new();
        tables(&document, Vec::new(), &mut found);
        // Names of groups and links are the author's.
        found.retain(|path| path.len() != 1 || !matches!(path[0].as_str(), "peers" | "links"));
        let path = &found[which.index(found.len())];
        at(&mut document, path)["colour"] = Value::from("blue");
        prop_assert!(SCHEMA.iter_errors(&document).next().is_some(), "{:?}", path);
        let text = toml::to_string(&document).unwrap();
        let answer = Scenario::parse("wrong.toml", &text, &[]).expect_err(&text).to_string();
        prop_assert!(answer.contains("colour"), "{}", answer);
    }
}
