//! What is left to chance is left to it evenly, or with the odds that are written down.

use super::*;

/// Chi-square against these odds; the bound is that for seven degrees of freedom.
fn assert_odds(counts: &[u32], odds: &[f64]) {
    let share = f64::from(counts.iter().sum::<u32>()) / odds.iter().sum::<f64>();
    let term = |(count, odds): (&u32, &f64)| (f64::from(*count) - share * odds).powi(2) / (share * odds);
    let chi_square: f64 = counts.iter().zip(odds).filter(|(_, odds)| **odds > 0.0).map(term).sum();
    assert!(chi_square < 24.3, "p < 0.001: {counts:?}, not {odds:?}");
    let impossible = counts.iter().zip(odds).filter(|(_, odds)| **odds == 0.0).map(|(count, _)| count);
    assert_eq!(impossible.sum::<u32>(), 0, "{counts:?}, not {odds:?}");
}

fn draws(suitors: usize, mut draw: impl FnMut(&mut Rng) -> u32) -> Vec<u32> {
    let mut counts = vec![0; suitors];
    let mut rng = Rng::seed_from_u64(1);
    (0..4_000).for_each(|_| counts[draw(&mut rng) as usize] += 1);
    counts
}

#[test]
fn who_is_best_of_equals_is_as_likely_for_each() {
    let suitors: Vec<Suitor> = (0..8).map(|peer| suitor(peer, 1, 500)).collect();
    for entry in givers() {
        let counts = draws(8, |rng| (entry.make)().round(&view(&suitors, 3), rng).unchoked[0]);
        assert_odds(&counts, &[1.0; 8]);
        assert!(counts.iter().all(|count| *count > 0), "{}", entry.name);
    }
}

#[test]
fn a_vacancy_is_as_likely_for_each_who_waits() {
    let mut suitors: Vec<Suitor> = (0..8).map(|peer| suitor(peer, 0, u64::from(peer))).collect();
    suitors[3].unchoked = true;
    let mut odds = [1.0; 8];
    odds[3] = 0.0;
    for entry in givers() {
        let counts = draws(8, |rng| (entry.make)().vacancy(&view(&suitors, 3), rng).unwrap());
        assert_odds(&counts, &odds);
    }
}

/// BEP 3: new peers are three times as likely; here a peer is new for a minute.
#[test]
fn newcomers_are_three_times_as_likely_to_be_the_optimistic_unchoke() {
    let mut suitors: Vec<Suitor> = (0..8).map(|peer| suitor(peer, 0, 0)).collect();
    // It is 100 s. One deserves its slot, one was the optimistic unchoke till now.
    suitors[0].downloaded_bytes = 1;
    suitors[1].optimistic = true;
    suitors[2].connected_at = Time::from_secs(40);
    suitors[3].connected_at = Time::from_nanos(40_000_000_001);
    suitors[4].connected_at = Time::from_secs(100);
    let counts = draws(8, |rng| TitForTat.round(&view(&suitors, 2), rng).optimistic.unwrap());
    assert_odds(&counts, &[0.0, 0.0, 1.0, 3.0, 3.0, 1.0, 1.0, 1.0]);
}

/// Who snubs us may still be tried: it is the only way back.
#[test]
fn who_snubs_us_is_as_likely_as_others_to_be_the_optimistic_unchoke() {
    let mut suitors: Vec<Suitor> = (0..8).map(|peer| suitor(peer, 0, 0)).collect();
    suitors[0].downloaded_bytes = 1;
    suitors[5].snubs_us = true;
    let counts = draws(8, |rng| TitForTat.round(&view(&suitors, 2), rng).optimistic.unwrap());
    assert_odds(&counts, &[0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
}

/// A seed is owed nothing: nobody snubs it.
#[test]
fn a_fastest_upload_seed_does_not_mind_snubs() {
    let mut suitors: Vec<Suitor> = (0..8).map(|peer| suitor(peer, 0, u64::from(peer))).collect();
    suitors[7].snubs_us = true;
    suitors[0].downloaded_bytes = 1_000;
    let choice = FastestUpload.round(&view(&suitors, 3), &mut Rng::seed_from_u64(1));
    assert_eq!(choice.unchoked[..2], [7, 6]);
}
