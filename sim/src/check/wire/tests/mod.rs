//! Hand-made conversations: for each rule one that breaks it, and one that nearly does.

mod announcing;
mod connecting;
mod downloading;
mod extending;
mod reading;
mod rig;
mod uploading;
mod words;

use rig::{Act, judge};
use swarmlab_engine::session::StartWith;

/// Someone who starts so, does this, and so violates that property, or none.
type Case = (&'static str, StartWith, Option<&'static str>, Vec<Act>);

fn check(cases: Vec<Case>) {
    let wrong = cases.into_iter().filter_map(|(name, start, expected, acts)| {
        let found = judge(start, acts);
        let id = found.as_ref().map(|violation| violation.property.id);
        (id != expected).then(|| (name, expected, found.map_or("nothing".into(), |found| found.to_string())))
    });
    let wrong: Vec<String> = wrong
        .map(|(name, expected, found)| {
            format!("{name}: expected {}, found {found}", expected.unwrap_or("nothing"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
