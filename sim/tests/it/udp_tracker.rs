//! Swarms whose tracker is spoken to over UDP: everybody finds everybody, whatever happens to the datagrams.

use swarmlab_engine::storage::Hashing;
use swarmlab_sim::check::Profile;
use swarmlab_sim::world::{Options, Outcome};

use crate::rig::{CHECKED, FLASH_CROWD, SLOW_CROWD, run, scenario};

const UDP: &str = "tracker.protocol=udp";

fn over_udp(text: &str, overrides: &[&str]) -> Outcome {
    let overrides = [&[UDP], overrides].concat();
    let outcome = run(&scenario(text, &overrides), CHECKED);
    assert_eq!(outcome.checked.as_ref().and_then(|checked| checked.violation.as_ref()), None);
    outcome
}

fn completed(outcome: &Outcome) -> usize {
    outcome.tables.peers.iter().filter(|peer| peer.completed_s.is_some() && peer.group == "leecher").count()
}

#[test]
fn a_swarm_completes_and_its_course_differs_from_that_over_http() {
    let outcome = over_udp(FLASH_CROWD, &[]);
    assert_eq!(completed(&outcome), 20);
    let over_http = run(&scenario(FLASH_CROWD, &[]), Options::default());
    assert_ne!(outcome.facts.digest, over_http.facts.digest);
    let hashed = Options { hashing: Hashing::Full, checks: Profile::Off, ..Options::default() };
    assert_eq!(run(&scenario(FLASH_CROWD, &[UDP]), hashed).facts.digest, outcome.facts.digest);
}

#[test]
fn a_swarm_completes_though_datagrams_get_lost() {
    for (loss, seed) in [("2 %", 1), ("10 %", 2), ("25 %", 3)] {
        let loss = format!("network.loss=\"{loss}\"");
        let outcome = over_udp(SLOW_CROWD, &[&loss, &format!("seed={seed}")]);
        assert_eq!(completed(&outcome), 12, "{loss}");
    }
}

#[test]
fn a_tracker_that_fails_for_a_while_is_asked_again() {
    for fault in ["down", "error", "garbage", "empty", "slow"] {
        let event = format!("\n[[events]]\nat = \"0 s\"\nfor = \"3 min\"\ntracker = \"{fault}\"\n");
        let outcome = over_udp(&format!("{SLOW_CROWD}{event}"), &[]);
        assert_eq!(completed(&outcome), 12, "{fault}");
    }
}
