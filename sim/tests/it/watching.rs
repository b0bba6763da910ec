//! People who watch, and pickers that a program brings along.

use swarmlab_engine::picker::{PickView, PiecePicker};
use swarmlab_engine::random::Rng;
use swarmlab_sim::check::Profile;
use swarmlab_sim::results::{PeerRow, Summary, Watching};
use swarmlab_sim::world::{self, Options, Pickers, WorldError};

use crate::rig::{CHECKED, SLOW_CROWD, run, scenario};

/// The swarm has 4.3 Mbit/s for each viewer; the content takes 33.6 s to play at 2 Mbit/s.
const WATCH: &str = "peers.leecher.watch={ rate = \"2 Mbit/s\", start_after = \"4 s\", window = \"10 s\" }";

fn viewers(overrides: &[&str]) -> Vec<PeerRow> {
    let outcome = run(&scenario(SLOW_CROWD, overrides), CHECKED);
    outcome.tables.peers.into_iter().filter(PeerRow::is_leecher).collect()
}

#[test]
fn it_is_measured_how_long_viewers_wait() {
    for peer in viewers(&[WATCH, "peers.leecher.picker=window"]) {
        let (startup_s, stalled_s) = (peer.startup_s.unwrap(), peer.stalled_s.unwrap());
        assert!(startup_s > 0.0 && startup_s <= peer.completion_s().unwrap(), "{peer:?}");
        let played_s = 8.0 * f64::from(8 << 20) / 2e6;
        assert!((peer.continuity.unwrap() - played_s / (played_s + stalled_s)).abs() < 1e-6, "{peer:?}");
        assert_eq!(peer.stalls == Some(0), stalled_s == 0.0, "{peer:?}");
    }
    assert!(viewers(&[]).iter().all(|peer| peer.stalls.is_none() && peer.startup_s.is_none()));
}

/// A film that plays faster than it comes stops again and again; where there is plenty it never does.
#[test]
fn viewers_stall_where_the_film_is_too_fast_and_only_there() {
    let stalls = |rate: &str| {
        let rate = format!("peers.leecher.watch.rate={rate}");
        let peers = viewers(&[WATCH, &rate, "peers.leecher.picker=sequential"]);
        Watching::of(peers.iter()).unwrap().stalls.unwrap()
    };
    assert_eq!(stalls("100 kbit/s"), 0.0);
    assert!(stalls("10 Mbit/s") > 0.0);
}

/// With a picker that does not look at the player, watching changes nothing.
#[test]
fn watching_alone_takes_no_other_course() {
    let digest = |overrides: &[&str]| run(&scenario(SLOW_CROWD, overrides), CHECKED).facts.digest;
    assert_eq!(digest(&[]), digest(&[WATCH]));
    assert_ne!(digest(&[]), digest(&[WATCH, "peers.leecher.picker=deadline"]));
}

/// Who crashes begins to watch again, and keeps what it went through.
#[test]
fn a_viewer_that_comes_back_has_waited_twice() {
    let crash =
        "[[events]]\nat = \"8 s\"\nfor = \"20 s\"\ncrash = { peers = \"leecher\", share = \"100 %\" }\n";
    let text = SLOW_CROWD.replace("[stop]", &format!("{crash}[stop]"));
    let outcome = run(&scenario(&text, &[WATCH, "peers.leecher.picker=sequential"]), CHECKED);
    for peer in outcome.tables.peers.iter().filter(|peer| peer.is_leecher()) {
        assert!(peer.startup_s.is_some() && peer.continuity.is_some(), "{peer:?}");
    }
}

/// The one that looks beyond its own peers is not worse than the one that can't, and keeps to the rules.
#[test]
fn the_oracle_is_told_of_the_whole_swarm() {
    let last_s = |picker: &str| {
        let picker = format!("peers.leecher.picker={picker}");
        let overrides = ["peers.leecher.connections=4", "peers.leecher.count=24", &picker];
        let outcome = run(&scenario(SLOW_CROWD, &overrides), CHECKED);
        Summary::new(outcome.facts, &outcome.tables.peers).completion_s.last.unwrap()
    };
    let (oracle, random) = (last_s("global-rarest"), last_s("random"));
    assert!(oracle < random, "with four connections each: {oracle} s, at random {random} s");
}

/// Leaves no peer idle, and does nothing clever.
struct Anything;

impl PiecePicker for Anything {
    fn pick(&self, view: &PickView<'_>, rng: &mut Rng) -> Option<u32> {
        view.nearest_to_whole().or_else(|| view.random_candidate(rng))
    }
}

#[test]
fn a_picker_of_ones_own_is_asked_by_those_groups_that_name_it() {
    let options = Options { checks: Profile::Strict, ..Options::default() };
    let mut own = scenario(SLOW_CROWD, &[]);
    own.groups[1].client.picker = "anything";
    let pickers = || Pickers::default().with("anything", |_| Anything);
    let outcome = world::run_with(&pickers(), &own, options, &mut ()).unwrap();
    assert_eq!(outcome.checked.unwrap().violation.map(|violation| violation.to_string()), None);
    assert_eq!(outcome.facts.stop_reason, "all complete");
    let usual = run(&scenario(SLOW_CROWD, &[]), CHECKED);
    assert_ne!(outcome.facts.digest, usual.facts.digest);
    // Who does not name it has not got it.
    let other = world::run_with(&pickers(), &scenario(SLOW_CROWD, &[]), CHECKED, &mut ()).unwrap();
    assert_eq!(other.facts.digest, usual.facts.digest);

    let unknown = world::run(&own, options, &mut ()).unwrap_err();
    assert!(matches!(unknown, WorldError::Picker { .. }));
    assert_eq!(unknown.to_string(), "peers.leecher.picker: there is no picker named \"anything\"");
}
