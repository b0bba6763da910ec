//! Peers that break a rule, among clients that don't: everybody honest completes, and the misdeed is seen.

use swarmlab_engine::storage::Hashing;
use swarmlab_sim::check::Profile;
use swarmlab_sim::results::PeerRow;
use swarmlab_sim::scenario::{Behaviour, Has, Scenario};
use swarmlab_sim::world::{self, Options, Outcome};

const SWARM: &str = r#"
    [torrent]
    size = "8 MiB"
    piece_length = "64 KiB"
    [network]
    latency = "20 ms"
    [peers.seed]
    count = 1
    has = "all"
    up = "8 Mbit/s"
    down = "32 Mbit/s"
    [peers.honest]
    count = 10
    up = "4 Mbit/s"
    down = "16 Mbit/s"
    [peers.bad]
    count = 4
    up = "4 Mbit/s"
    down = "16 Mbit/s"
    [stop]
    at = "1 h"
"#;

/// A run in which the group `bad` behaves so, and holds that from the start.
fn run(behaviour: Behaviour, has: Has) -> Outcome {
    let mut scenario = Scenario::parse("byzantine", SWARM, &[]).unwrap_or_else(|error| panic!("{error}"));
    let bad = scenario.groups.iter_mut().find(|group| group.name == "bad").unwrap();
    (bad.behaviour, bad.has) = (behaviour, has);
    let options = Options { checks: Profile::Strict, hashing: Hashing::Full, ..Options::default() };
    let outcome = world::run(&scenario, options, &mut ()).unwrap();
    let audit = outcome.audit.as_ref().unwrap();
    assert_eq!(audit.wrong, [], "{behaviour:?}: a piece is held as verified and is not the torrent's");
    outcome
}

fn group<'a>(outcome: &'a Outcome, name: &'a str) -> impl Iterator<Item = &'a PeerRow> {
    outcome.tables.peers.iter().filter(move |peer| peer.group == name)
}

/// When the last of the honest was done.
fn last_honest(outcome: &Outcome) -> f64 {
    let done = |peer: &PeerRow| peer.completed_s.unwrap_or_else(|| panic!("{peer:?} never completed"));
    group(outcome, "honest").map(done).fold(0.0, f64::max)
}

#[test]
fn the_honest_complete_among_every_kind_of_misdeed() {
    for &(name, behaviour, _) in Behaviour::NAMES {
        for has in [Has::All, Has::Nothing] {
            let last = last_honest(&run(behaviour, has));
            assert!(last < 600.0, "{name} with {has:?}: {last} s");
        }
    }
}

#[test]
fn spoilt_blocks_are_found_out_and_fetched_again() {
    let outcome = run(Behaviour::Corrupts, Has::All);
    let failures: u32 = group(&outcome, "honest").map(|peer| peer.hash_failures).sum();
    assert!(failures > 10, "{failures} pieces failed their hash");
    assert_eq!(
        group(&run(Behaviour::Honest, Has::All), "honest").map(|peer| peer.hash_failures).sum::<u32>(),
        0
    );
}

#[test]
fn who_never_sends_has_sent_nothing_and_costs_time() {
    let (silent, helpful) = (run(Behaviour::NeverSends, Has::All), run(Behaviour::Honest, Has::All));
    assert_eq!(group(&silent, "bad").map(|peer| peer.uploaded_bytes).sum::<u64>(), 0);
    assert!(last_honest(&silent) > 1.5 * last_honest(&helpful));
}

#[test]
fn who_rejects_everything_has_sent_nothing() {
    let outcome = run(Behaviour::RejectsAll, Has::All);
    assert_eq!(group(&outcome, "bad").map(|peer| peer.uploaded_bytes).sum::<u64>(), 0);
}

#[test]
fn a_free_rider_completes_and_uploads_nothing() {
    let outcome = run(Behaviour::FreeRides, Has::Nothing);
    assert!(group(&outcome, "bad").all(|peer| peer.completed_s.is_some() && peer.uploaded_bytes == 0));
}

#[test]
fn unasked_blocks_are_not_counted_as_download() {
    let outcome = run(Behaviour::SendsUnasked, Has::All);
    let size = outcome.facts.torrent.size_bytes;
    for peer in group(&outcome, "honest") {
        assert!(peer.downloaded_bytes - peer.wasted_bytes >= size, "{peer:?}");
        assert!(peer.hash_failures == 0, "{peer:?}");
    }
}

#[test]
fn a_flood_of_haves_costs_little_time() {
    let (flooded, calm) = (run(Behaviour::FloodsHave, Has::Nothing), run(Behaviour::Honest, Has::Nothing));
    assert!(last_honest(&flooded) < 2.0 * last_honest(&calm));
}
