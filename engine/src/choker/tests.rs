//! Chokers by example; by any course of events; and by what they leave to chance.

mod chance;
mod machine;

use std::time::Duration;

use proptest::prelude::*;
use rand::SeedableRng;

use super::*;
use crate::random::Rng;

fn suitor(peer: u32, downloaded: u64, uploaded: u64) -> Suitor {
    Suitor {
        peer,
        unchoked: false,
        optimistic: false,
        snubs_us: false,
        downloaded_bytes: downloaded,
        uploaded_bytes: uploaded,
        connected_at: Time::ZERO,
        changed_at: Time::ZERO,
    }
}

fn view(suitors: &[Suitor], slots: usize) -> ChokeView<'_> {
    ChokeView { now: Time::from_secs(100), slots, suitors, rotate_optimistic: true }
}

#[test]
fn tit_for_tat_unchokes_those_who_send_most_and_one_more() {
    let suitors: Vec<Suitor> = (0..10).map(|peer| suitor(peer, u64::from(peer) * 1_000, 0)).collect();
    let choice = TitForTat.round(&view(&suitors, 4), &mut Rng::seed_from_u64(1));
    assert_eq!(choice.unchoked[..3], [9, 8, 7]);
    assert!(choice.optimistic.is_some_and(|peer| peer < 7));
}

#[test]
fn who_snubs_us_is_unchoked_last_however_much_it_sent() {
    let mut suitors: Vec<Suitor> = (0..10).map(|peer| suitor(peer, u64::from(peer) * 1_000, 0)).collect();
    suitors[9].snubs_us = true;
    let choice = TitForTat.round(&view(&suitors, 4), &mut Rng::seed_from_u64(1));
    assert_eq!(choice.unchoked[..3], [8, 7, 6]);
}

#[test]
fn every_suitor_gets_an_optimistic_unchoke_in_time() {
    let mut suitors: Vec<Suitor> = (0..8).map(|peer| suitor(peer, 0, 0)).collect();
    suitors[0].downloaded_bytes = 1_000;
    let mut rng = Rng::seed_from_u64(1);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..200 {
        let choice = TitForTat.round(&view(&suitors, 2), &mut rng);
        for suitor in &mut suitors {
            suitor.optimistic = choice.optimistic == Some(suitor.peer);
        }
        seen.extend(choice.optimistic);
    }
    assert_eq!(seen.len(), 7, "all but the one that is always unchoked");
}

#[test]
fn a_round_robin_seed_serves_everybody_in_turn() {
    let mut suitors: Vec<Suitor> = (0..12).map(|peer| suitor(peer, 0, 0)).collect();
    let mut rng = Rng::seed_from_u64(1);
    let mut rounds = vec![0; suitors.len()];
    for round in 1..=60 {
        let now = Time::from_secs(round * 10);
        let choice = RoundRobin.round(&ChokeView { now, ..view(&suitors, 3) }, &mut rng);
        for suitor in &mut suitors {
            let unchoked = choice.unchoked.contains(&suitor.peer);
            rounds[suitor.peer as usize] += u32::from(unchoked);
            if unchoked != suitor.unchoked {
                (suitor.unchoked, suitor.changed_at) = (unchoked, now);
            }
        }
    }
    let (least, most) = (rounds.iter().min().unwrap(), rounds.iter().max().unwrap());
    assert!(most - least <= 3, "turns of three rounds: {rounds:?}");
}

#[test]
fn a_fastest_upload_seed_serves_those_who_take_most() {
    let suitors: Vec<Suitor> = (0..10).map(|peer| suitor(peer, 0, u64::from(peer) * 1_000)).collect();
    let choice = FastestUpload.round(&view(&suitors, 4), &mut Rng::seed_from_u64(1));
    assert_eq!(choice.unchoked[..3], [9, 8, 7]);
}

#[test]
fn chokers_are_known_by_their_names_only() {
    assert_eq!(LEECHER_NAMES, ["tit-for-tat"]);
    assert_eq!(SEED_NAMES, ["round-robin", "fastest-upload"]);
    assert!(leecher_by_name("round-robin").is_none() && seed_by_name("tit-for-tat").is_none());
}

/// A client may upload to nobody.
#[test]
fn without_slots_nobody_is_unchoked() {
    let suitors: Vec<Suitor> = (0..10).map(|peer| suitor(peer, 0, 0)).collect();
    for (_, make) in LEECHER_REGISTRY.iter().chain(SEED_REGISTRY) {
        let choice = make().round(&view(&suitors, 0), &mut Rng::seed_from_u64(1));
        assert_eq!(choice, Choice::default());
    }
}

proptest! {
    /// No choker exceeds its slots, chooses twice, chooses a stranger, or leaves a slot empty while somebody waits.
    #[test]
    fn slots_are_filled_and_not_exceeded(
        seed in any::<u64>(),
        drawn in proptest::collection::vec((any::<bool>(), any::<bool>(), 0u64..4, 0u64..4, 0u64..90), 0..30),
        slots in 0usize..10,
        rotate_optimistic in any::<bool>(),
    ) {
        let suitors: Vec<Suitor> = drawn.iter().enumerate().map(|(peer, (unchoked, snubs_us, down, up, at))| Suitor {
            unchoked: *unchoked,
            optimistic: *unchoked && peer == 3,
            snubs_us: *snubs_us,
            connected_at: Time::ZERO + Duration::from_secs(*at),
            ..suitor(peer as u32, *down, *up)
        }).collect();
        let view = ChokeView { rotate_optimistic, ..view(&suitors, slots) };
        for (name, make) in LEECHER_REGISTRY.iter().chain(SEED_REGISTRY) {
            let choker = make();
            let mut rng = Rng::seed_from_u64(seed);
            let choice = choker.round(&view, &mut rng);
            let mut unchoked = choice.unchoked.clone();
            unchoked.sort_unstable();
            unchoked.dedup();
            prop_assert_eq!(unchoked.len(), choice.unchoked.len(), "{} chose somebody twice", name);
            prop_assert_eq!(unchoked.len(), slots.min(suitors.len()), "{} fills the slots", name);
            prop_assert!(unchoked.iter().all(|peer| (*peer as usize) < suitors.len()));
            prop_assert!(choice.optimistic.is_none_or(|peer| unchoked.contains(&peer)));
            let filled = choker.vacancy(&view, &mut rng);
            prop_assert_eq!(filled.is_some(), suitors.iter().any(|suitor| !suitor.unchoked));
        }
    }
}
