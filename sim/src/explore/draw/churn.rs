//! When leechers come, go, give up and come back, and how their rates change by a plan.

use std::time::Duration;

use crate::scenario::{Access, Arrival, Group, Has, OnComplete, RateStep, RateSteps, Returns, Spans};

use super::dice::{Dice, two_digits};
use super::features::{Feature, Features};

/// Lets the hosts of a group come and go as the features say.
pub fn draw(dice: &mut Dice, features: &Features, group: &mut Group, heal_s: f64) {
    if features.has(Feature::Arrivals) {
        group.arrival = arrival(dice, group.count, heal_s);
        let late = dice.span(0.1, heal_s / 2.0);
        group.start = dice.pick(&[Duration::ZERO, late]);
    }
    if features.has(Feature::Departures) {
        let stay = spans(dice, 0.1, heal_s);
        group.on_complete = dice.pick(&[OnComplete::Leave, OnComplete::StayFor(stay), OnComplete::Stay]);
    }
    if features.has(Feature::Aborts) && group.has != Has::All && dice.one_in(2) {
        group.abort = Some(spans(dice, 1.0, 2.0 * heal_s));
        group.returns = Some(Returns { after: spans(dice, 0.1, heal_s / 2.0), times: dice.whole(1..=3) });
    }
}

/// All have come long before the last fault is over.
fn arrival(dice: &mut Dice, count: u32, heal_s: f64) -> Arrival {
    let all_s = dice.scale(0.5, heal_s / 2.0).ceil();
    let per_s = f64::from(count) / all_s;
    match dice.whole(0..=3) {
        0 => Arrival::Spread(Duration::from_secs_f64(all_s)),
        1 => Arrival::Poisson { per_s },
        // λ0·τ is twice the count: hardly ever does somebody not come.
        2 => Arrival::Decay { per_s: 2.0 * per_s, tau: Duration::from_secs_f64(all_s) },
        _ => Arrival::Gaps(spans(dice, 0.01, all_s / f64::from(count))),
    }
}

fn spans(dice: &mut Dice, least_s: f64, most_s: f64) -> Spans {
    let span = dice.span(least_s, most_s);
    match dice.whole(0..=3) {
        0 => Spans::Constant(span),
        1 => Spans::Uniform { min: span / 2, max: span },
        2 => Spans::Exponential { mean: span / 2 },
        _ => Spans::Weibull { shape: dice.pick(&[0.4, 1.5]), scale: span / 2 },
    }
}

/// One to three steps, the last of which brings the rates back.
pub fn rate_steps(dice: &mut Dice, access: &Access, heal_s: f64) -> RateSteps {
    let Access::Own(link) = access else { return RateSteps::default() };
    let mut at = Duration::ZERO;
    let mut steps = Vec::new();
    for _ in 0..dice.whole(1..=3) {
        at += dice.span(0.2, heal_s / 4.0);
        let factor = dice.scale(0.05, 4.0);
        let rate = |bits_per_s: u64| two_digits((bits_per_s as f64 * factor).max(8e3));
        let (up, down) = dice.pick(&[(true, true), (true, false), (false, true)]);
        steps.push(RateStep {
            at,
            up_bits_per_s: up.then(|| rate(link.up_bits_per_s)),
            down_bits_per_s: down.then(|| rate(link.down_bits_per_s)),
        });
    }
    steps.push(RateStep {
        at: at + dice.span(0.2, heal_s / 4.0),
        up_bits_per_s: Some(link.up_bits_per_s),
        down_bits_per_s: Some(link.down_bits_per_s),
    });
    RateSteps { trace: None, steps }
}
