//! V3: a swarm in which people come and go settles where the fluid model says.

use super::super::experiment::{Arm, Experiment, Findings, Measured, Runs, ScenarioText, Size};
use super::super::picture::{Curve, Picture, Scale};
use super::super::row::{Claim, Row, Unit, Value, Values};
use super::super::statistics::Line;
use super::super::swarm::{self, Swarm, set};
use super::super::verdict::Range;
use crate::results::PeerRow;

const SCENARIO: ScenarioText =
    ScenarioText { name: "fluid.toml", text: include_str!("../../../../scenarios/validate/fluid.toml") };
const SOURCE: &str = "Qiu and Srikant, SIGCOMM 2004";
const ONE_SIZE: &str = "the same model for files of one size, solved numerically";
/// What headers leave of a link: 16,384 of 17,189 bytes.
const PAYLOAD_SHARE: f64 = 16_384.0 / 17_189.0;
/// Bits of the file.
const FILE_BITS: f64 = 33_554_432.0 * 8.0;

pub fn experiment() -> Experiment {
    Experiment {
        id: "V3",
        title: "The fluid model",
        question: swarm::question(SCENARIO),
        set_up: "Poisson arrivals, exponential patience and exponential stay after completion; 128 pieces of 256 KiB. First \
                 λ = 0.04, twice and four times that with μ = 0.00125, c = 0.002, θ = 0.001, γ = 0.005, where the model has η = 1; \
                 then λ = 0.1, μ = 0.001, c = 0.01, γ = 0.01 without giving up, where it has η = 0.9. Means over time after the \
                 first quarter of the run; times of those who come then, but not in the last \
                 fifth. (At half of the first λ there are two seeds on average, often none, and a time of 728 s: the fluid \
                 limit is one of large swarms.)",
        scenario: Some(SCENARIO),
        arms,
        left_out: |_| None,
        findings,
    }
}

/// The model's parameters: files a second.
#[derive(Clone, Copy)]
struct Model {
    arrivals: f64,
    upload: f64,
    download: f64,
    abort: f64,
    leave: f64,
    effectiveness: f64,
}

const FIRST: Model = Model {
    arrivals: 0.04,
    upload: 0.001_25,
    download: 0.002,
    abort: 0.001,
    leave: 0.005,
    effectiveness: 1.0,
};
const SECOND: Model =
    Model { arrivals: 0.1, upload: 0.001, download: 0.01, abort: 0.0, leave: 0.01, effectiveness: 0.9 };

impl Model {
    fn with_arrivals(self, arrivals: f64) -> Model {
        Model { arrivals, ..self }
    }

    fn beta(&self) -> f64 {
        let by_upload = (1.0 / self.upload - 1.0 / self.leave) / self.effectiveness;
        1.0 / by_upload.max(1.0 / self.download)
    }

    fn leechers(&self) -> f64 {
        self.arrivals / (self.beta() + self.abort)
    }

    /// Those who don't give up become seeds.
    fn seeds(&self) -> f64 {
        self.leechers() * self.beta() / self.leave
    }

    fn time_s(&self) -> f64 {
        1.0 / (self.abort + self.beta())
    }

    /// Leechers, seeds and the time as a leecher if all files are of one size, so that what those take along who give up
    /// is lost to the others. A download takes T, and completes with probability e^(−θT); what the leechers receive, x/T,
    /// is what is sent, μ(ηx + y).
    fn of_one_size(&self) -> [f64; 3] {
        let mut span_s = 1.0 / self.beta();
        let mut steady = [0.0; 3];
        for _ in 0..1_000 {
            let completes = (-self.abort * span_s).exp();
            let time_s = (1.0 - completes) / self.abort;
            let seeds_per_leecher = completes / self.leave / time_s;
            steady = [self.arrivals * time_s, self.arrivals * completes / self.leave, time_s];
            let by_upload = 1.0 / (self.upload * (self.effectiveness + seeds_per_leecher));
            // Halfway: the whole step would swing about the solution.
            span_s = f64::midpoint(span_s, by_upload.max(1.0 / self.download));
        }
        steady
    }

    fn name(&self) -> String {
        format!("λ = {}, μ = {}", self.arrivals, self.upload)
    }

    fn overrides(&self, span_s: f64) -> Vec<String> {
        let rate = |files_per_s: f64| format!("{:.0} bit/s", files_per_s * FILE_BITS / PAYLOAD_SHARE);
        let mut overrides = vec![
            set("peers.starter.count", (self.leechers() + self.seeds()).round()),
            set("peers.visitor.count", (self.arrivals * span_s).round()),
            set("peers.visitor.arrival", format_args!("{{ poisson = \"{} /s\" }}", self.arrivals)),
            set("stop.at", format_args!("{span_s} s")),
        ];
        let stay = format!("{{ stay = {{ exponential = \"{} s\" }} }}", 1.0 / self.leave);
        for group in ["starter", "visitor"] {
            let of = |key: &str, value: &str| set(&format!("peers.{group}.{key}"), value);
            overrides.extend([of("up", &rate(self.upload)), of("down", &rate(self.download))]);
            overrides.push(of("on_complete", &stay));
            if self.abort == 0.0 {
                overrides.push(of("abort", "300 d")); // longer than any run
            }
        }
        overrides
    }
}

/// The models with the length of their runs, seconds.
fn models(size: Size) -> Vec<(Model, f64)> {
    match size {
        Size::Short => vec![(FIRST, 4_000.0)],
        Size::Normal | Size::Full => vec![
            (FIRST, 20_000.0),
            (FIRST.with_arrivals(0.08), 20_000.0),
            (FIRST.with_arrivals(0.16), 12_000.0),
            (SECOND, 15_000.0),
        ],
    }
}

fn arms(size: Size) -> Vec<Arm> {
    let arm = |(model, span_s): (Model, f64)| {
        let cost_s = model.arrivals * span_s * 0.01;
        swarm::arm(model.name(), SCENARIO, model.overrides(span_s), cost_s, measure)
    };
    models(size).into_iter().map(arm).collect()
}

fn measure(swarm: &Swarm) -> Measured {
    let end_s = swarm.summary.facts.simulated_s;
    let warm_s = end_s / 4.0;
    let settled = || swarm.tables.timeline.iter().filter(move |row| row.time_s >= warm_s);
    let mean = |of: fn(&crate::results::TimelineRow) -> f64| {
        let count = settled().count();
        (count > 0).then(|| settled().map(of).sum::<f64>() / count as f64)
    };
    let visitors = swarm.tables.peers.iter().filter(|peer| !peer.is_seed());
    let judged = visitors.filter(|peer| peer.joined_s >= warm_s && peer.joined_s < end_s * 0.8);
    let times: Vec<f64> = judged.map(|peer| leeching_s(peer, end_s)).collect();
    let rows = &swarm.tables.timeline;
    let origins = swarm.summary.seeds as f64;
    Measured {
        values: vec![
            ("leechers", mean(|row| row.leechers.into())),
            ("seeds", mean(|row| row.seeds.into()).map(|seeds| seeds - origins)),
            ("time_s", (!times.is_empty()).then(|| times.iter().sum::<f64>() / times.len() as f64)),
            ("utilisation", Some(swarm.summary.upload_utilisation)),
        ],
        curves: vec![
            Curve::simulated("leechers", rows.iter().map(|row| (row.time_s, f64::from(row.leechers)))),
            Curve::simulated("seeds", rows.iter().map(|row| (row.time_s, f64::from(row.seeds) - origins))),
        ],
        ..Measured::default()
    }
}

/// How long a visitor was a leecher.
fn leeching_s(peer: &PeerRow, end_s: f64) -> f64 {
    peer.completed_s.or(peer.left_s).unwrap_or(end_s) - peer.joined_s
}

fn findings(runs: &Runs) -> Findings {
    let mut rows = Vec::new();
    for model in [FIRST, SECOND] {
        let claims = [
            ("leechers", model.leechers(), Unit::Number),
            ("seeds", model.seeds(), Unit::Number),
            ("time_s", model.time_s(), Unit::Seconds),
        ];
        for (at, (measure, expected, unit)) in claims.into_iter().enumerate() {
            let values = runs.values(&model.name(), measure);
            if values.0.is_empty() {
                continue;
            }
            let claim = |expected: f64, source| {
                Claim::band(unit, format!("{expected:.1}"), Range::around(expected, 0.1), source)
            };
            let words = if measure == "time_s" { "time as a leecher" } else { measure };
            let what = format!("{words}, {}", model.name());
            let reason = if model.abort > 0.0 { GIVING_UP } else { LEAVING };
            rows.push(Row::new(what.clone(), &claim(expected, SOURCE), values.clone()).if_missed(reason));
            if model.abort > 0.0 {
                let what = format!("{what}, files of one size");
                rows.push(Row::new(what, &claim(model.of_one_size()[at], ONE_SIZE), values).if_missed(USED));
            }
        }
    }
    let change = change_per_doubling(runs);
    if !change.0.is_empty() {
        let flat = Claim::band(Unit::Share, "0", Range::between(-0.05, 0.05), SOURCE);
        rows.push(Row::new("change of that time for a doubling of λ", &flat, change));
    }
    Findings { rows, pictures: pictures(runs) }
}

const GIVING_UP: &str = "The model counts what is sent as downloads completed, as if what those have who give up were not lost: true \
     of files whose sizes are exponential. With files of one size, and nothing else changed, the same balance gives the values \
     of the rows below each.";
const USED: &str = "The uplinks are used to 91 % of what headers leave, so η is less than one.";
const LEAVING: &str = "Not looked into.";

/// The slope of the time over the logarithm of the arrivals, as a share of the mean time.
fn change_per_doubling(runs: &Runs) -> Values {
    let lambdas = [0.04, 0.08, 0.16];
    let times = lambdas.map(|arrivals| runs.values(&FIRST.with_arrivals(arrivals).name(), "time_s"));
    if times.iter().any(|times| times.0.is_empty()) {
        return Values::default();
    }
    let of_seed = |index: usize| {
        let points: Option<Vec<(f64, f64)>> = lambdas
            .iter()
            .zip(&times)
            .map(|(lambda, times)| Some((f64::log2(*lambda), times.0[index].value?)))
            .collect();
        let points = points?;
        let mean = points.iter().map(|point| point.1).sum::<f64>() / points.len() as f64;
        Line::through(&points).map(|line| line.slope / mean)
    };
    let seeds = times[0].0.iter().enumerate();
    Values(seeds.map(|(index, value)| Value { seed: value.seed, value: of_seed(index) }).collect())
}

fn pictures(runs: &Runs) -> Vec<Picture> {
    let picture = |(model, name): (Model, &str)| {
        let arm = runs.arm(&model.name())?;
        let (leechers, seeds) = (arm.curve("leechers", "leechers")?, arm.curve("seeds", "seeds")?);
        let end_s = leechers.points.last()?.x;
        Some(Picture {
            name: name.to_owned(),
            title: format!("Leechers and seeds, {}", model.name()),
            caption: "Those present, without the origin; the first seed, against the model's steady state."
                .to_owned(),
            x: Scale::Time("time".to_owned()),
            y: Scale::Count("peers present".to_owned()),
            curves: vec![
                leechers,
                seeds,
                Curve::level("leechers of the model", model.leechers(), (0.0, end_s)),
                Curve::level("seeds of the model", model.seeds(), (0.0, end_s)),
            ],
        })
    };
    [(FIRST, "giving-up"), (SECOND, "leaving")].into_iter().filter_map(picture).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of the paper's model for these parameters, computed by hand.
    #[test]
    fn the_model_gives_its_known_values() {
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9 * b;
        assert!(close(FIRST.leechers(), 15.0) && close(FIRST.seeds(), 5.0) && close(FIRST.time_s(), 375.0));
        let [leechers, seeds, time_s] = FIRST.of_one_size();
        assert!((leechers - 19.3).abs() < 0.1 && (seeds - 4.1).abs() < 0.1 && (time_s - 484.0).abs() < 2.0);
        assert!(
            close(SECOND.leechers(), 100.0) && close(SECOND.seeds(), 10.0) && close(SECOND.time_s(), 1000.0)
        );
    }
}
