//! Each distribution against its own law (Kolmogorov and Smirnov), with a wrong law as the counter-proof.

use std::sync::Arc;
use std::time::Duration;

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{arrivals, spans};
use crate::scenario::{Arrival, Group, Scenario, Spans, Trace};

const SEED: u64 = 20_061_025;
const SAMPLES: usize = 4_000;

/// The largest distance between the samples' distribution and the law.
fn ks_distance(mut samples: Vec<f64>, law: impl Fn(f64) -> f64) -> f64 {
    samples.sort_by(f64::total_cmp);
    let n = samples.len() as f64;
    let at = |(index, &sample): (usize, &f64)| {
        let expected = law(sample);
        (expected - index as f64 / n).max((index + 1) as f64 / n - expected)
    };
    samples.iter().enumerate().map(at).fold(0.0, f64::max)
}

/// The distance that one in a hundred sets of samples of the law itself exceeds (Smirnov's limit, good beyond 35).
fn critical_at_1_percent(samples: usize) -> f64 {
    1.628 / (samples as f64).sqrt()
}

fn assert_law(name: &str, samples: Vec<f64>, law: impl Fn(f64) -> f64, wrong: impl Fn(f64) -> f64) {
    assert!(samples.len() >= 2_000, "{name}: {} samples", samples.len());
    let critical = critical_at_1_percent(samples.len());
    let (right, wrong) = (ks_distance(samples.clone(), law), ks_distance(samples, wrong));
    println!(
        "{name}, seed {SEED}: D = {right:.4} for its law, {wrong:.4} for a wrong one, critical {critical:.4}"
    );
    assert!(right < critical, "{name}: D = {right} over {critical}");
    assert!(wrong > critical, "{name}: the wrong law passes with D = {wrong}");
}

fn rng() -> Xoshiro256PlusPlus {
    println!("seed {SEED}");
    Xoshiro256PlusPlus::seed_from_u64(SEED)
}

fn drawn(spans: Spans) -> Vec<f64> {
    let mut rng = rng();
    (0..SAMPLES).map(|_| spans::draw(&spans, &mut rng).as_secs_f64()).collect()
}

fn exponential(mean: f64) -> impl Fn(f64) -> f64 {
    move |x| 1.0 - (-x / mean).exp()
}

fn weibull(shape: f64, scale: f64) -> impl Fn(f64) -> f64 {
    move |x| 1.0 - (-(x / scale).powf(shape)).exp()
}

#[test]
fn spans_follow_their_laws() {
    let seconds = Duration::from_secs;
    assert_eq!(spans::draw(&Spans::Constant(seconds(7)), &mut rng()), seconds(7));
    let uniform = drawn(Spans::Uniform { min: seconds(10), max: seconds(60) });
    assert_law("uniform", uniform, |x| (x - 10.0) / 50.0, |x| (x - 10.0) / 54.0);
    let mean = drawn(Spans::Exponential { mean: seconds(500) });
    assert_law("exponential", mean, exponential(500.0), exponential(550.0));
    // Debian's sessions (Stutzbach and Rejaie 2006), against the exponential law of the same mean.
    let debian = drawn(Spans::Weibull { shape: 0.38, scale: seconds(2_544) });
    let mean = debian.iter().sum::<f64>() / debian.len() as f64;
    assert_law("Weibull", debian, weibull(0.38, 2_544.0), exponential(mean));
}

fn group(arrival: Arrival, count: u32) -> Group {
    let text = "[torrent]\nsize = \"1 MiB\"\n[peers.seed]\ncount = 1\nhas = \"all\"\nup = \"1 Mbit/s\"\ndown = \"1 Mbit/s\"\n\
                [peers.leecher]\ncount = 1\nstart = \"10 s\"\nup = \"1 Mbit/s\"\ndown = \"1 Mbit/s\"\n";
    let leecher = Scenario::parse("a", text, &[]).unwrap().groups.remove(1);
    Group { arrival, count, ..leecher }
}

fn times(arrival: Arrival, count: u32) -> Vec<f64> {
    arrivals::arrivals(&group(arrival, count), &mut rng())
        .into_iter()
        .map(|at| at.as_secs_f64() - 10.0)
        .collect()
}

fn gaps(times: &[f64]) -> Vec<f64> {
    let before = std::iter::once(&0.0).chain(times);
    times.iter().zip(before).map(|(at, before)| at - before).collect()
}

#[test]
fn gaps_between_arrivals_follow_their_laws() {
    let poisson = times(Arrival::Poisson { per_s: 0.5 }, SAMPLES as u32);
    assert_law("Poisson", gaps(&poisson), exponential(2.0), weibull(0.9, 2.0));
    let weibull_gaps = Spans::Weibull { shape: 0.62, scale: Duration::from_secs(3) };
    let renewal = times(Arrival::Gaps(weibull_gaps), SAMPLES as u32);
    assert_law("Weibull gaps", gaps(&renewal), weibull(0.62, 3.0), exponential(4.3));
}

/// Given how many come in all, each comes at a time of its own with the density λ(t) / (λ0·τ).
#[test]
fn decaying_arrivals_die_down_and_end() {
    let decay = Arrival::Decay { per_s: 40.0, tau: Duration::from_secs(100) };
    let all = times(decay.clone(), 1_000_000);
    assert!(all.len().abs_diff(4_000) < 4 * 64, "λ0·τ = 4,000, {} came", all.len());
    assert!(all.is_sorted());
    assert_law("decay", all.clone(), exponential(100.0), exponential(112.0));
    assert_eq!(times(decay, 500), all[..500], "the group's count ends it before");
}

#[test]
fn a_trace_and_even_arrivals_are_as_they_are_written() {
    let times_of = [1, 1, 5].map(Duration::from_secs);
    let trace = Arrival::Trace(Trace { path: "a.csv".into(), times: Arc::new(times_of) });
    assert_eq!(times(trace.clone(), 9), [1.0, 1.0, 5.0]);
    assert_eq!(times(trace, 2), [1.0, 1.0]);
    assert_eq!(times(Arrival::AtOnce, 2), [0.0, 0.0]);
    assert_eq!(times(Arrival::Spread(Duration::from_secs(60)), 4), [0.0, 15.0, 30.0, 45.0]);
}
