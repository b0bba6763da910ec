//! A check as a sentence.

use swarmlab_sim::gate::{Check, Verdict};

use super::cells::{allowed, chance, signed, with_unit};

/// What a check says.
pub fn sentence(check: &Check) -> String {
    let (scenario, measure) = (&check.scenario, check.measure);
    let words = measure.words;
    if check.verdict == Verdict::Lost {
        let runs = check.lost;
        return match check.base_mean {
            Some(mean) if check.mean.is_some_and(|now| now < mean) && measure.name == "completed" => {
                format!("{scenario}: in {runs} runs not everybody completes any more, as all had done")
            }
            _ => format!("{scenario}: {runs} runs have no {words} any more"),
        };
    }
    if check.verdict == Verdict::Identical {
        return format!("{scenario}: {words} is identical");
    }
    let Some((change, interval)) = check.change.zip(check.interval) else {
        return format!("{scenario}: {words} can't be set beside a baseline of nothing");
    };
    let (more, less) = measure.comparatives();
    let comparative = if change < 0.0 { less } else { more };
    format!(
        "{scenario}: {words} is {} {comparative} (95 % interval {} to {}, allowed {}, chance {})",
        with_unit(measure, signed(measure, change.abs()).trim_start_matches('+')),
        signed(measure, interval.low),
        with_unit(measure, signed(measure, interval.high)),
        allowed(check),
        chance(check)
    )
}
