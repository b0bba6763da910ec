//! `swarmlab gate-quality`: how good is the gate?

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use clap::Args;
use swarmlab_reports::gate::{signed, with_unit};
use swarmlab_sim::gate::{
    self, Baseline, BaselineError, Entry, FOUND_ENOUGH, Planted, Pool, PoolError, Trials,
};

use crate::command::progress::Progress;
use crate::command::runs_bar::RunsBar;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::say;

/// Measure how often the gate fails for nothing, and what it finds.
///
/// Runs the scenarios of the baseline with many seeds: as they are, shaken (every uplink slower by a millionth, which changes
/// each run and no mean), slowed down (every uplink slower by a share), and with a bug in the picker (a share of what rarest first
/// chooses is chosen at random). Each trial then draws as many seeds as the baseline
/// has from this pool, none twice, and judges the plain runs beside the others by the rule of the gate. Trials share the pool:
/// running each of them anew would take a hundred times as long.
#[derive(Args)]
#[command(after_help = "Example:
  swarmlab gate-quality --baseline baselines/swarms.toml --slower 1,2,3 --careless 25,50 --seeds 200")]
pub struct Arguments {
    /// The baseline; only its upper part is used.
    #[arg(long, value_name = "FILE")]
    baseline: PathBuf,
    /// The slowdowns that are planted, in per cent.
    #[arg(long, value_name = "PERCENT", value_delimiter = ',', default_values = ["1", "1.5", "2", "2.5", "3"], value_parser = percent)]
    slower: Vec<f64>,
    /// The shares of the picker's choices that are made at random, in per cent.
    #[arg(long, value_name = "PERCENT", value_delimiter = ',', default_values = ["10", "25"], value_parser = share)]
    careless: Vec<f64>,
    /// Seeds in the pool.
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    seeds: u32,
    /// Trials of each slowdown.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    trials: u32,
    /// Keep the pool in this file, or take it from there if it exists.
    #[arg(long, value_name = "FILE")]
    pool: Option<PathBuf>,
    /// Runs at a time [default: one for each processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

fn percent(text: &str) -> Result<f64, String> {
    match text.trim_end_matches('%').trim().parse::<f64>() {
        Ok(percent) if (0.001..=90.0).contains(&percent) => Ok(percent / 100.0),
        _ => Err("a slowdown is a number of per cent, 0.001 to 90".to_owned()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.trim_end_matches('%').trim().parse::<f64>() {
        Ok(percent) if (0.001..=100.0).contains(&percent) => Ok(percent / 100.0),
        _ => Err("a share is a number of per cent, 0.001 to 100".to_owned()),
    }
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let baseline = Baseline::load(&arguments.baseline).map_err(|error| refused(&error))?;
    let entries = gate::select(baseline.entries, &[], &[], None).map_err(super::gate::unselected)?;
    let kept = match &arguments.pool {
        Some(path) if path.exists() => Some(read(path, &entries)?),
        _ => None,
    };
    let pool = match kept {
        Some(pool) => pool,
        None => {
            let Some(pool) = measure(&arguments, &entries)? else { return Ok(Exit::Interrupted) };
            if let Some(path) = &arguments.pool {
                let text = serde_json::to_string(&pool).expect("no float key: always encodable");
                fs::write(path, text).map_err(|error| Failure::file("write", path, error))?;
            }
            pool
        }
    };
    print(&pool, &gate::try_out(&pool, &entries, arguments.trials));
    Ok(Exit::Fine)
}

fn measure(arguments: &Arguments, entries: &[Entry]) -> Result<Option<Pool>, Failure> {
    if let Some(entry) = entries.iter().find(|entry| entry.seeds > arguments.seeds) {
        let what = format_args!("trials of `{}` draw {} seeds from a pool of fewer", entry.name, entry.seeds);
        return Err(Failure::wrong_use(what).remedy("--seeds N makes a larger pool: ten times as many, say"));
    }
    let threads =
        arguments.threads.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from);
    let slower = arguments.slower.iter().map(|share| Planted::Slower(*share));
    let careless = arguments.careless.iter().map(|share| Planted::Careless(*share));
    let planted: Vec<Planted> = slower.chain(careless).collect();
    let progress = Progress(RunsBar::new(false)?);
    let pool = Pool::run(entries, &planted, arguments.seeds, threads, &progress);
    progress.0.end();
    match pool {
        Ok(pool) => Ok(Some(pool)),
        Err(PoolError::Interrupted) => Ok(None),
        Err(PoolError::Baseline(error)) => Err(refused(&error)),
        Err(error) => Err(Failure::wrong_use(error)),
    }
}

/// A pool that was kept; one of other scenarios or of another version says nothing about these.
fn read(path: &Path, entries: &[Entry]) -> Result<Pool, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::file("read", path, error))?;
    let unfit = |why: &str| {
        let what = format_args!("{} is no pool for this baseline: {why}", path.display());
        Failure::wrong_use(what).remedy("move it away to run a new one")
    };
    let pool: Pool = serde_json::from_str(&text).map_err(|error| unfit(&error.to_string()))?;
    if pool.version != env!("CARGO_PKG_VERSION") {
        return Err(unfit("another version ran it"));
    }
    if pool.scenarios.len() != entries.len() {
        return Err(unfit("it has other scenarios"));
    }
    for (scenario, entry) in pool.scenarios.iter().zip(entries) {
        if scenario.name != entry.name
            || scenario.digest != entry.digest().map_err(|error| refused(&error))?
        {
            return Err(unfit("its scenarios are others, or have changed"));
        }
        if scenario.runs.iter().any(|runs| runs.len() < entry.seeds as usize) {
            return Err(unfit("it has fewer seeds than a trial draws"));
        }
    }
    Ok(pool)
}

fn refused(error: &BaselineError) -> Failure {
    match error {
        BaselineError::Mistake(error) => Failure::told(Exit::WrongUse, error),
        error => Failure::told(Exit::NoBaseline, format_args!("error: {error}")),
    }
}

/// A table in markdown, which is what `docs/gate.md` shows.
fn print(pool: &Pool, all: &[Trials]) {
    let seeds = pool.scenarios.first().map_or(0, |scenario| scenario.runs[0].len());
    let runs: usize = pool.scenarios.iter().flat_map(|scenario| &scenario.runs).map(Vec::len).sum();
    say(format_args!("{runs} runs of {} scenarios with {seeds} seeds each", pool.scenarios.len()));
    say("");
    say("| planted | trials | failed | 95 % interval | seen best in |");
    say("|---|--:|--:|--:|---|");
    for one in all {
        let planted = words(one.planted);
        let share = f64::from(one.failed) / f64::from(one.trials);
        let strongest = one.strongest.as_ref().map_or_else(String::new, |(scenario, measure, change)| {
            format!("{scenario}, {}: {}", measure.name, with_unit(measure, signed(measure, *change)))
        });
        say(format_args!(
            "| {planted} | {} | {:.1} % | {:.1} to {:.1} % | {strongest} |",
            one.trials,
            share * 100.0,
            one.interval.low * 100.0,
            one.interval.high * 100.0
        ));
    }
    say("");
    let is_found = |one: &&Trials| f64::from(one.failed) >= FOUND_ENOUGH * f64::from(one.trials);
    let slowdown = |one: &Trials| match one.planted {
        Planted::Slower(share) => Some(share),
        Planted::Nothing | Planted::Shaken | Planted::Careless(_) => None,
    };
    match all.iter().filter(is_found).filter_map(slowdown).min_by(f64::total_cmp) {
        Some(least) => say(format_args!(
            "The smallest slowdown that is found in {:.0} % of the trials: {} %.",
            FOUND_ENOUGH * 100.0,
            percents(least)
        )),
        None => say(format_args!("No slowdown is found in {:.0} % of the trials.", FOUND_ENOUGH * 100.0)),
    }
}

fn words(planted: Planted) -> String {
    match planted {
        Planted::Nothing => "nothing".to_owned(),
        Planted::Shaken => "nothing: shaken".to_owned(),
        Planted::Slower(share) => format!("{} % slower uplinks", percents(share)),
        Planted::Careless(share) => format!("{} % of the choices at random", percents(share)),
    }
}

/// A share in per cent, to a thousandth of one.
fn percents(share: f64) -> f64 {
    (share * 1e5).round() / 1e3
}
