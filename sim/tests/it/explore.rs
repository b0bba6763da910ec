//! The search for broken properties: what it draws, how it judges, how it shrinks, and that it can be taken up again.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use swarmlab_engine::time::Time;
use swarmlab_sim::check::{Property, Violation};
use swarmlab_sim::explore::{
    Folder, Found, Observer, Plan, Progress, RUNS_MAX, brief, draw, is_differential, judge, search, shrink,
};
use swarmlab_sim::scenario::{Action, Behaviour, Has, Scenario};
use swarmlab_sim::worlds::World;
use tempfile::tempdir;

#[test]
fn every_scenario_that_is_drawn_reads_back_as_itself() {
    for seed in 0..2_000 {
        let scenario = draw(seed);
        let text = scenario.to_toml();
        let read = Scenario::parse("drawn.toml", &text, &[])
            .unwrap_or_else(|error| panic!("seed {seed}\n{error}\n{text}"));
        assert_eq!(read, scenario, "seed {seed}");
        assert_eq!(draw(seed), scenario, "seed {seed}");
    }
}

/// The bounded search that is a part of every test run.
#[test]
fn no_property_is_broken_by_these_seeds() {
    const SEEDS: std::ops::Range<u64> = 1..151;
    println!("seeds {SEEDS:?}");
    for seed in SEEDS {
        if let Some(violation) = judge(&draw(seed), is_differential(seed)).violation {
            panic!("seed {seed}: {violation}\n\n{}", brief(&draw(seed)));
        }
    }
}

#[test]
fn a_scenario_is_judged_the_same_every_time() {
    for seed in 200..210 {
        let [once, again] = [judge(&draw(seed), true), judge(&draw(seed), false)];
        assert_eq!((once.digest, once.events), (again.digest, again.events), "seed {seed}");
        assert_eq!(once.sometimes, again.sometimes, "seed {seed}");
    }
}

fn broken(what: &str) -> Violation {
    Violation {
        property: Property::of("S10"),
        at: Time::from_secs(7),
        peers: vec![1],
        what: what.to_owned(),
        wire: Vec::new(),
    }
}

/// What a scenario must have to break something.
type Needs = fn(&Scenario) -> bool;

/// A property that breaks where certain things come together; no run is needed to see it.
fn artificial(needs: Needs) -> impl FnMut(&Scenario) -> ControlFlow<(), Option<Violation>> {
    move |scenario| ControlFlow::Continue(needs(scenario).then(|| broken("artificial")))
}

#[test]
fn what_does_not_matter_is_shrunk_away() {
    let needs: [(&str, Needs); 4] = [
        ("nothing", |_| true),
        ("a crash and three pieces", |scenario| {
            scenario.events.iter().any(|event| matches!(event.action, Action::Crash { .. }))
                && scenario.torrent.geometry().unwrap().piece_count >= 3
        }),
        ("a corrupter beside a client without the fast extension", |scenario| {
            scenario.groups.iter().any(|group| group.behaviour == Behaviour::Corrupts)
                && scenario.groups.iter().any(|group| !group.client.fast_extension)
        }),
        ("two events", |scenario| scenario.events.len() >= 2),
    ];
    for (what, needs) in needs {
        let seed = (0..).find(|seed| needs(&draw(*seed))).unwrap();
        let shrunk = shrink(&draw(seed), &broken("artificial"), RUNS_MAX, artificial(needs));
        let scenario = &shrunk.scenario;
        let hosts: u32 = scenario.groups.iter().map(|group| group.count).sum();
        let pieces = scenario.torrent.geometry().unwrap().piece_count;
        assert!(needs(scenario), "{what}");
        assert!(shrunk.runs <= RUNS_MAX, "{what}: {} runs", shrunk.runs);
        assert!(hosts <= 3 && pieces <= 3, "{what}: {}", brief(scenario));
        assert!(scenario.events.len() <= 2 && scenario.links.is_empty(), "{what}: {}", brief(scenario));
        assert!(brief(scenario).lines().count() <= 40, "{what}: {}", brief(scenario));
        let read = Scenario::parse(&scenario.name, &brief(scenario), &[]).unwrap();
        assert_eq!(read, *scenario, "{what}");
    }
}

#[test]
fn what_does_not_happen_again_is_not_believed() {
    let scenario = draw(3);
    let mut times = 0;
    let shrunk = shrink(&scenario, &broken("once"), RUNS_MAX, |_| {
        times += 1;
        ControlFlow::Continue((times == 1).then(|| broken("once")))
    });
    assert_eq!(shrunk.scenario, scenario);
}

#[test]
fn another_property_is_another_finding() {
    let other = Violation { property: Property::of("S11"), ..broken("other") };
    let shrunk = shrink(&draw(3), &broken("this"), 100, |_| ControlFlow::Continue(Some(other.clone())));
    assert_eq!((shrunk.scenario, shrunk.violation), (draw(3), broken("this")));
}

#[test]
fn who_has_no_time_keeps_what_there_is() {
    let mut runs = 0;
    let shrunk = shrink(&draw(3), &broken("artificial"), RUNS_MAX, |_| {
        runs += 1;
        if runs > 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(Some(broken("artificial"))) }
    });
    assert_eq!(shrunk.runs, 3);
    assert_ne!(shrunk.scenario, draw(3));
}

/// Ends a search after so many seeds, as a user might.
struct Ends(u64, AtomicU64);

impl Ends {
    fn never() -> Ends {
        Ends(u64::MAX, AtomicU64::new(0))
    }
}

impl Observer for Ends {
    fn progress(&self, _: Progress) {
        self.1.fetch_add(1, Ordering::Relaxed);
    }

    fn wants_more(&self) -> bool {
        self.1.load(Ordering::Relaxed) < self.0
    }

    fn is_interrupted(&self) -> bool {
        false
    }
}

fn plan(seeds: Option<u64>, threads: usize) -> Plan {
    Plan { from: 40, seeds, world: World::Event, threads, shrinks: false, stops_at_first: false }
}

fn journal(folder: &Path) -> String {
    fs::read_to_string(folder.join("search.jsonl")).unwrap()
}

fn searched(path: &Path, plan: &Plan) -> Found {
    search(plan, &mut Folder::create(path).unwrap(), &Ends::never()).unwrap()
}

#[test]
fn the_number_of_threads_changes_no_line() {
    let (one, two) = (tempdir().unwrap(), tempdir().unwrap());
    let found = searched(one.path(), &plan(Some(24), 1));
    searched(two.path(), &plan(Some(24), 2));
    assert_eq!(found.seeds, 24);
    assert_eq!(journal(one.path()).lines().count(), 24);
    assert_eq!(journal(one.path()), journal(two.path()));
}

#[test]
fn a_search_is_taken_up_where_it_was_torn() {
    let (whole, torn) = (tempdir().unwrap(), tempdir().unwrap());
    let found = searched(whole.path(), &plan(Some(20), 2));
    let first =
        search(&plan(None, 2), &mut Folder::create(torn.path()).unwrap(), &Ends(7, AtomicU64::new(0)))
            .unwrap();
    assert!((7..=8).contains(&first.seeds), "{}", first.seeds);
    let text = journal(torn.path());
    fs::write(torn.path().join("search.jsonl"), &text[..text.len() - 20]).unwrap();
    let mut folder = Folder::resume(torn.path()).unwrap();
    let again = search(&plan(Some(20 - first.seeds + 1), 2), &mut folder, &Ends::never()).unwrap();
    assert_eq!(journal(torn.path()), journal(whole.path()));
    assert_eq!(again.to_json(), found.to_json());
}

#[test]
fn drawn_scenarios_have_what_they_are_to_have() {
    let drawn: Vec<Scenario> = (0..500).map(draw).collect();
    let share = |has: &dyn Fn(&Scenario) -> bool| {
        drawn.iter().filter(|scenario| has(scenario)).count() as f64 / drawn.len() as f64
    };
    let seed_stays = |scenario: &Scenario| {
        let seed = &scenario.groups[0];
        seed.has == Has::All
            && seed.behaviour == Behaviour::Honest
            && seed.reachable == 1.0
            && seed.corrupt.is_none()
    };
    assert_eq!(share(&seed_stays), 1.0);
    assert!(share(&|scenario| scenario.torrent.geometry().unwrap().piece_count == 1) > 0.05);
    assert!(share(&|scenario| scenario.events.is_empty()) > 0.05);
    assert!(share(&|scenario| scenario.events.len() > 8) > 0.2);
    for (name, behaviour, _) in Behaviour::NAMES {
        assert!(
            share(&|scenario| scenario.groups.iter().any(|group| group.behaviour == *behaviour)) > 0.01,
            "{name}"
        );
    }
}
