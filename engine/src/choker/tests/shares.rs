//! Who gets how much: the chokers that limit their peers, round after round.

use super::*;

const KIB: u64 = 1024;
const UPLINK: u64 = 100 * KIB;

fn after(choker: &mut dyn Choker, suitors: &[Suitor], slots: usize, round: u64) -> Choice {
    let now = Time::from_secs(100 + 10 * round);
    let view = ChokeView { now, uplink_bytes_per_s: UPLINK, ..view(suitors, slots) };
    choker.round(&view, &mut Rng::seed_from_u64(round))
}

#[test]
fn propshare_divides_in_proportion() {
    let mut suitors: Vec<Suitor> = (0..6).map(|peer| suitor(peer, 0, 0)).collect();
    for (peer, sent) in [(0, 600), (1, 300), (2, 100)] {
        suitors[peer].downloaded_in_round_bytes = sent * KIB;
    }
    let mut choker = PropShare::default();
    let choice = after(&mut choker, &suitors, 4, 0);
    let budget = UPLINK + UPLINK / 16;
    let shares = budget - budget / 4;
    let limits: Vec<_> = (0..3).map(|peer| choker.limit(peer)).collect();
    assert_eq!(limits, [Some(shares * 6 / 10), Some(shares * 3 / 10), Some(shares / 10)]);
    let other = choice.optimistic.expect("somebody else");
    assert_eq!(choker.limit(other), Some(budget / 4), "what one slot of four would have");
    assert_eq!(choice.unchoked.len(), 4);
}

#[test]
fn propshare_limits_nobody_before_it_knows_what_it_has_or_whom_it_owes() {
    let suitors: Vec<Suitor> = (0..6).map(|peer| suitor(peer, 0, 0)).collect();
    let mut choker = PropShare::default();
    let choice = after(&mut choker, &suitors, 4, 0);
    assert!(choice.unchoked.iter().all(|peer| choker.limit(*peer).is_none()), "nobody gave");
    let gave: Vec<Suitor> = (0..6).map(|peer| suitor(peer, 100 * KIB, 0)).collect();
    let choice = choker.round(&view(&gave, 4), &mut Rng::seed_from_u64(1));
    assert!(choice.unchoked.iter().all(|peer| choker.limit(*peer).is_none()), "the uplink is unknown");
}

/// Peer 0 is unchoked for round after round; it unchokes us or not, as the string says; its price, in percent of the first.
fn prices(answers: &str) -> Vec<u64> {
    let mut choker = BitTyrant::default();
    // Others, who bring nothing, so that all is full.
    let mut suitors: Vec<Suitor> = (0..9).map(|peer| suitor(peer, 0, 0)).collect();
    suitors[0].downloaded_in_round_bytes = 1 << 30;
    suitors[0].unchokes_us = true;
    let mut prices = Vec::new();
    after(&mut choker, &suitors, 5, 0);
    suitors[0].unchoked = true;
    let first = choker.limit(0).expect("all is full");
    for (round, answer) in (1..).zip(answers.chars()) {
        suitors[0].unchokes_us = answer == 'u';
        after(&mut choker, &suitors, 5, round);
        prices.push((choker.limit(0).unwrap() * 100 + first / 2) / first);
    }
    prices
}

#[test]
fn bittyrant_raises_by_a_fifth_and_cuts_by_a_tenth_after_three_rounds() {
    assert_eq!(prices("uuuu"), [100, 100, 90, 81]);
    assert_eq!(prices("..u"), [120, 144, 144]);
    assert_eq!(prices("uu.uuu"), [100, 100, 120, 120, 120, 108]);
}

#[test]
fn bittyrant_pays_nobody_less_than_a_block_in_four_seconds() {
    let least = prices(&"u".repeat(60)).into_iter().min().unwrap();
    assert_eq!(least, 28, "4 of 14.3 KiB/s");
}

/// Where all together require less than there is, the rest is given away.
#[test]
fn bittyrant_limits_nobody_while_there_is_enough() {
    let suitors: Vec<Suitor> = (0..4).map(|peer| suitor(peer, 0, 0)).collect();
    let mut choker = BitTyrant::default();
    let choice = after(&mut choker, &suitors, 5, 0);
    assert_eq!(choice.unchoked.len(), 4);
    assert!((0..4).all(|peer| choker.limit(peer).is_none()));
}

/// Before anybody has sent, what a peer sends is guessed by how fast it gets pieces.
#[test]
fn bittyrant_prefers_who_gets_pieces_fast() {
    let mut suitors: Vec<Suitor> = (0..20).map(|peer| suitor(peer, 0, 0)).collect();
    let mut choker = BitTyrant::default();
    after(&mut choker, &suitors, 5, 0);
    suitors[7].held_bytes = 100 << 20;
    suitors[8].held_bytes = 1;
    let choice = after(&mut choker, &suitors, 5, 6);
    assert!(choice.unchoked.contains(&7) && !choice.unchoked.contains(&8), "{choice:?}");
}

proptest! {
    /// Whatever peers do, what they are paid together fills the uplink, and only the last of them overfills it.
    #[test]
    fn bittyrant_spends_what_it_has(
        drawn in proptest::collection::vec((0u64..1 << 24, any::<bool>(), any::<bool>()), 1..60),
        rounds in 1u64..12,
    ) {
        let mut choker = BitTyrant::default();
        let mut suitors: Vec<Suitor> = drawn.iter().zip(0..).map(|((sent, unchokes_us, interests_us), peer)| Suitor {
            unchokes_us: *unchokes_us,
            interests_us: *interests_us,
            ..suitor(peer, *sent, 0)
        }).collect();
        for round in 0..rounds {
            let choice = after(&mut choker, &suitors, 5, round);
            let limits: Vec<u64> = choice.unchoked.iter().filter_map(|peer| choker.limit(*peer)).collect();
            prop_assert!(limits.is_empty() || limits.len() == choice.unchoked.len());
            if let Some((last, before)) = limits.split_last() {
                let budget = UPLINK + UPLINK / 16;
                let before: u64 = before.iter().sum();
                prop_assert!(before < budget && before + last >= budget);
            }
            for suitor in &mut suitors {
                suitor.unchoked = choice.unchoked.contains(&suitor.peer);
            }
        }
    }

    /// What givers get is in the order of what they gave, and all together is no more than there is but for the smallest.
    #[test]
    fn propshare_spends_what_it_has(sent in proptest::collection::vec(0u64..1 << 24, 1..60), slots in 1usize..9) {
        let suitors: Vec<Suitor> = sent.iter().zip(0..).map(|(sent, peer)| suitor(peer, *sent, 0)).collect();
        let mut choker = PropShare::default();
        let choice = after(&mut choker, &suitors, slots, 0);
        let mut paid: Vec<(u64, u64)> = choice
            .unchoked
            .iter()
            .filter_map(|peer| Some((suitors[*peer as usize].downloaded_in_round_bytes, choker.limit(*peer)?)))
            .collect();
        let total: u64 = paid.iter().map(|(_, limit)| *limit).sum();
        prop_assert!(total <= UPLINK + UPLINK / 16 + 4096 * paid.len() as u64);
        paid.retain(|(gave, _)| *gave > 0);
        paid.sort_unstable();
        prop_assert!(paid.is_sorted_by_key(|(_, limit)| *limit));
        prop_assert!(sent.iter().filter(|sent| **sent > 1).count() <= choice.unchoked.len());
    }
}
