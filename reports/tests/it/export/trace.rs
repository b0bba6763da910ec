//! Traces: what begins ends, within what it began in, and nothing goes back in time.

use std::collections::BTreeMap;

use serde_json::Value;
use swarmlab_engine::time::Time;
use swarmlab_reports::export::{Extent, Output, Trace};
use swarmlab_sim::world::{self, Options};

use super::{TROUBLED, observed, output, scenario};

fn text<'a>(record: &'a Value, key: &str) -> &'a str {
    record[key].as_str().unwrap_or_else(|| panic!("no {key} in {record}"))
}

/// The records of a list in which everything is as it should be.
fn checked(file: &[u8]) -> Vec<Value> {
    let records: Vec<Value> = serde_json::from_slice(file).expect("a list of records");
    let mut now = 0.0;
    let mut slices: BTreeMap<(u64, u64), Vec<&str>> = BTreeMap::new();
    let mut rows: BTreeMap<(u64, u64), Option<&str>> = BTreeMap::new();
    for record in &records {
        let kind = text(record, "ph");
        if kind == "M" {
            continue;
        }
        let at = record["ts"].as_f64().unwrap();
        assert!(at >= now, "{record} goes back in time");
        now = at;
        let thread = (record["pid"].as_u64().unwrap(), record["tid"].as_u64().unwrap());
        let open = slices.entry(thread).or_default();
        let row = (thread.0, record["id2"]["local"].as_u64().unwrap_or(u64::MAX));
        match kind {
            "B" => open.push(text(record, "name")),
            "E" => assert!(open.pop().is_some(), "{record} ends nothing"),
            "n" => assert_eq!(rows.insert(row, None), None, "a row is named once"),
            "b" => {
                let row = rows.get_mut(&row).expect("rows are named first");
                assert_eq!(row.replace(text(record, "name")), None, "{record} begins over another");
            }
            "e" => {
                let row = rows.get_mut(&row).expect("rows are named first");
                assert_eq!(row.take(), Some(text(record, "name")), "{record} ends something else");
            }
            "C" => assert!(record["args"].as_object().is_some_and(|numbers| !numbers.is_empty())),
            "i" => assert!(["t", "g"].contains(&text(record, "s"))),
            other => panic!("{other}"),
        }
    }
    assert!(slices.values().all(Vec::is_empty) && rows.values().all(Option::is_none), "all that begins ends");
    records
}

#[test]
fn a_trace_is_whole_and_says_what_happened() {
    let scenario = scenario(TROUBLED, &[]);
    let mut file = Vec::new();
    let mut trace = Trace::new(output(&mut file));
    let outcome = observed(&scenario, vec![&mut trace]);
    assert_eq!(trace.finish().unwrap(), Extent::Whole);
    let alone = world::run(&scenario, Options::default(), &mut ()).unwrap();
    assert_eq!(outcome.facts.digest, alone.facts.digest, "looking changes nothing");

    let records = checked(&file);
    let of = |kind: &'static str| records.iter().filter(move |record| record["ph"] == kind);
    let verified = of("e").filter(|record| record["args"]["end"] == "verified").count();
    assert!((5 * 32..=6 * 32).contains(&verified), "{verified} pieces, of a crashed peer perhaps twice");
    let named = |name: &'static str| of("B").filter(move |record| record["name"] == name);
    assert_eq!(named("present").count(), 7, "six peers, one of which came twice");
    assert_eq!(named("frozen").count(), 1);
    assert!(named("connected").count() >= 10 && named("unchoked by it").count() >= 5);
    let script: Vec<&str> =
        of("i").filter(|record| record["s"] == "g").map(|record| text(record, "name")).collect();
    let told: Vec<&str> = outcome.tables.events.iter().map(|event| event.action.as_str()).collect();
    assert_eq!(script, told);
    let names = of("M").filter(|record| record["name"] == "process_name");
    let names: Vec<&str> = names.map(|record| text(&record["args"], "name")).collect();
    assert_eq!(names[0], "swarm of test, seed 7");
    assert_eq!(names[1..3], ["seed-0", "leecher-1"]);

    // A rate holds until another is said.
    let mut rates: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
    let mut sent = 0.0;
    for record in of("C").filter(|record| record["args"]["up"].is_f64()) {
        let (at_s, rate) = (record["ts"].as_f64().unwrap() / 1e6, record["args"]["up"].as_f64().unwrap());
        let (before_s, before) =
            rates.insert(record["pid"].as_u64().unwrap(), (at_s, rate)).unwrap_or_default();
        sent += before * (at_s - before_s) / 8.0;
    }
    assert!(rates.values().all(|(_, rate)| *rate == 0.0), "nothing is sent in the end");
    let uploaded: u64 = outcome.tables.peers.iter().map(|peer| peer.uploaded_bytes).sum();
    assert!((sent - uploaded as f64).abs() < 1.0, "{sent} of {uploaded} bytes");
}

#[test]
fn at_the_limit_everything_is_closed() {
    let scenario = scenario(TROUBLED, &[]);
    for limit in [0, 1, 20_000, 50_001] {
        let mut file = Vec::new();
        let mut trace = Trace::new(Output::new(&mut file, limit));
        observed(&scenario, vec![&mut trace]);
        let Extent::Until(at, _) = trace.finish().unwrap() else { panic!("the limit is not said") };
        assert!(at < Time::from_secs(200));
        checked(&file);
        assert!(file.len() as u64 <= limit + 20_000, "{} bytes", file.len());
    }
}
