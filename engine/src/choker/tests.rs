//! Chokers by example; by any course of events; and by what they leave to chance.

mod chance;
mod machine;
mod shares;
mod table;

use std::time::Duration;

use proptest::prelude::*;
use rand::SeedableRng;

use super::registry::{Entry, LEECHERS, SEEDS};
use super::*;
use crate::random::Rng;
use crate::time::Time;

fn all() -> impl Iterator<Item = &'static Entry> {
    LEECHERS.iter().chain(SEEDS)
}

/// All that unchoke anybody.
fn givers() -> impl Iterator<Item = &'static Entry> {
    all().filter(|entry| entry.promise.slots != Slots::None)
}

fn suitor(peer: u32, downloaded: u64, uploaded: u64) -> Suitor {
    Suitor {
        peer,
        unchoked: false,
        optimistic: false,
        unchokes_us: downloaded > 0,
        interests_us: true,
        snubs_us: false,
        downloaded_bytes: downloaded,
        downloaded_in_round_bytes: downloaded / 2,
        uploaded_bytes: uploaded,
        uploaded_in_round_bytes: uploaded / 2,
        uploaded_in_all_bytes: uploaded,
        held_bytes: 0,
        connected_at: Time::ZERO,
        changed_at: Time::ZERO,
    }
}

fn view(suitors: &[Suitor], slots: usize) -> ChokeView<'_> {
    ChokeView {
        now: Time::from_secs(100),
        slots,
        suitors,
        rotate_optimistic: true,
        interval: Duration::from_secs(10),
        uplink_bytes_per_s: 0,
        is_backed_up: true,
        torrent_bytes: 1 << 30,
    }
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
    assert_eq!(LEECHER_NAMES[0], "tit-for-tat");
    assert_eq!(SEED_NAMES[0], "round-robin");
    assert!(leecher_by_name("anti-leech").is_none() && seed_by_name("tit-for-tat").is_none());
    for (names, find) in [(LEECHER_NAMES, leecher_by_name as fn(&str) -> _), (SEED_NAMES, seed_by_name)] {
        for (at, name) in names.iter().enumerate() {
            assert_eq!(find(name).unwrap().name, *name);
            assert!(!names[..at].contains(name), "{name} twice");
        }
    }
}

/// A client may upload to nobody.
#[test]
fn without_slots_nobody_is_unchoked() {
    let suitors: Vec<Suitor> = (0..10).map(|peer| suitor(peer, 0, 0)).collect();
    for entry in all() {
        let mut choker = (entry.make)();
        let choice = choker.round(&view(&suitors, 0), &mut Rng::seed_from_u64(1));
        assert_eq!((choice, choker.slots(0)), (Choice::default(), 0), "{}", entry.name);
    }
}

proptest! {
    /// No choker exceeds its slots, chooses twice, chooses a stranger, or leaves a slot empty while somebody waits; those
    /// that decide themselves how many there are choose somebody if they may.
    #[test]
    fn slots_are_filled_and_not_exceeded(
        seed in any::<u64>(),
        uplink_bytes_per_s in 0u64..1_000_000,
        is_backed_up in any::<bool>(),
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
        let view = ChokeView { rotate_optimistic, uplink_bytes_per_s, is_backed_up, ..view(&suitors, slots) };
        for Entry { name, make, promise, .. } in all() {
            let mut choker = make();
            let mut rng = Rng::seed_from_u64(seed);
            let choice = choker.round(&view, &mut rng);
            let mut unchoked = choice.unchoked.clone();
            unchoked.sort_unstable();
            unchoked.dedup();
            prop_assert_eq!(unchoked.len(), choice.unchoked.len(), "{} chose somebody twice", name);
            match promise.slots {
                Slots::Configured => {
                    prop_assert_eq!(unchoked.len(), slots.min(suitors.len()), "{} fills the slots", name);
                }
                Slots::Own => prop_assert_eq!(unchoked.is_empty(), slots == 0 || suitors.is_empty(), "{}", name),
                Slots::None => prop_assert!(unchoked.is_empty()),
            }
            if let Some(most) = promise.unchoked_max(slots) {
                prop_assert!(unchoked.len() <= most && choker.slots(slots) <= most);
            }
            prop_assert!(unchoked.iter().all(|peer| (*peer as usize) < suitors.len()));
            prop_assert!(choice.optimistic.is_none_or(|peer| unchoked.contains(&peer)));
            let filled = choker.vacancy(&view, &mut rng);
            let waits = promise.slots != Slots::None && suitors.iter().any(|suitor| !suitor.unchoked);
            prop_assert_eq!(filled.is_some(), waits);
        }
    }
}
