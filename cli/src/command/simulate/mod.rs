//! `swarmlab simulate`: run a scenario.

mod exports;
mod figures;
mod replay;
mod run_folder;
mod watcher;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use swarmlab_engine::storage::Hashing;
use swarmlab_sim::check::Profile;
use swarmlab_sim::results::Summary;
use swarmlab_sim::scenario::Scenario;
use swarmlab_sim::world::{self, Options, Outcome};
use swarmlab_sim::worlds::World;

use crate::command::report::PNG_SCALE;
use crate::command::runs_bar::RunsBar;
use crate::command::world_name::WorldName;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::say;
use crate::usage;

use exports::{Exported, Exports};
use watcher::Watcher;

/// Simulate the swarm of a scenario file.
///
/// The same scenario and seed give the same run every time; the digest printed at the end shows it. The tables, the
/// figures and the report of the run go into one folder.
#[derive(Args)]
#[command(after_help = "Examples:
  swarmlab simulate scenarios/flash-crowd.toml
  swarmlab simulate scenarios/flash-crowd.toml --seed 7 --set peers.leecher.count=50 --out /tmp/small
  swarmlab simulate scenarios/flash-crowd.toml --no-metrics --json | jq .completion_s
  swarmlab simulate scenarios/worlds/uplink-bound.toml --world turmoil --check strict
  swarmlab simulate scenarios/flash-crowd.toml --pcap peer-5.pcapng --pcap-peers 5 --trace swarm.json")]
pub struct Arguments {
    /// The scenario file.
    file: PathBuf,
    /// The seed of all randomness, in place of the scenario's.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// A value in place of the scenario's, like `torrent.size=64MiB`; may be given again.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// The folder for the results; runs/NAME-SEED if not given, with a number behind it if there is such a run already.
    #[arg(long, value_name = "DIR", conflicts_with = "no_metrics")]
    out: Option<PathBuf>,
    /// Where it is simulated: `event` is the engine's core on the project's own network; `turmoil` the shipped client whole,
    /// on turmoil's sockets, up to 60 peers. What `turmoil` can't do of a scenario it refuses.
    #[arg(long, value_enum, default_value_t = WorldName::Event)]
    world: WorldName,
    /// How pieces are verified: `full` hashes each one, and gives the same run.
    #[arg(long, value_enum, default_value_t = Hash::Identity)]
    hash: Hash,
    /// What is checked after each event: `lenient` what the BEPs demand, `strict` also the client's own rules. A violation
    /// ends the run with exit code 11. Changes no result.
    #[arg(long, value_enum, default_value_t = Check::Off)]
    check: Check,
    /// Keep no tables and write no folder: only the figures are printed.
    #[arg(long)]
    no_metrics: bool,
    /// Make no report; `swarmlab report` can make it later.
    #[arg(long)]
    no_report: bool,
    /// Write each plot of the report as PNG as well; all of them are there as SVG.
    #[arg(long, conflicts_with_all = ["no_report", "no_metrics"])]
    png: bool,
    #[command(flatten)]
    exports: exports::Arguments,
    /// Print the figures as one JSON object.
    #[arg(long, conflicts_with = "quiet")]
    json: bool,
    /// Print the digest only.
    #[arg(long)]
    quiet: bool,
}

/// How pieces are verified.
#[derive(Clone, Copy, ValueEnum)]
enum Hash {
    /// What is the content itself needs no hash; anything else is hashed.
    Identity,
    /// Every piece is hashed, and at the end everything that peers hold.
    Full,
}

/// What is checked after each event.
#[derive(Clone, Copy, ValueEnum)]
enum Check {
    /// Nothing.
    Off,
    /// What a BEP demands of every client, and what the simulation demands of itself.
    Lenient,
    /// Also the choices of this client.
    Strict,
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let scenario = load(&arguments)?;
    // Made before the run: a folder that can't be written is better known before the hours than after.
    let folder = match arguments.no_metrics {
        true => None,
        false => Some(run_folder::create(arguments.out.as_deref(), &scenario)?),
    };
    let options = Options {
        hashing: match arguments.hash {
            Hash::Identity => Hashing::Identity,
            Hash::Full => Hashing::Full,
        },
        tables: !arguments.no_metrics,
        checks: match arguments.check {
            Check::Off => Profile::Off,
            Check::Lenient => Profile::Lenient,
            Check::Strict => Profile::Strict,
        },
    };
    let world = World::from(arguments.world);
    if world == World::Turmoil {
        arguments.exports.refuse("the turmoil world has no packets and no spectators")?;
    }
    let mut exports = Exports::create(&arguments.exports, &scenario)?;
    let mut watcher = Watcher(RunsBar::new(arguments.quiet || arguments.json)?);
    let run = || match world {
        World::Event => world::observed(&scenario, options, &mut watcher, exports.observers()),
        World::Turmoil => world.run(&scenario, options, &mut watcher),
    };
    let outcome = match timed(run) {
        Ok(outcome) => outcome,
        Err(error) => {
            exports.discard();
            return Err(Failure::wrong_use(format_args!("{}: {error}", arguments.file.display())));
        }
    };
    let exported = exports.finish();
    let interrupted = watcher.0.end();
    let summary = Summary::new(outcome.facts.clone(), &outcome.tables.peers);
    if let Some(folder) = &folder {
        folder.write(&scenario.to_toml(), &outcome.tables, &summary).map_err(Failure::new)?;
    }
    let page = match &folder {
        Some(folder) if !arguments.no_report => Some(make_report(folder.path(), arguments.png)?),
        _ => None,
    };
    let folder = folder.as_ref().map(|folder| folder.path());
    print(&arguments, &summary, folder, page.as_deref(), exported.as_deref().unwrap_or_default());
    if !interrupted {
        judge(&arguments, &outcome, &summary)?;
    }
    for exported in exported? {
        exported.warning().into_iter().for_each(|warning| eprintln!("{warning}"));
    }
    Ok(if interrupted { Exit::Interrupted } else { Exit::Fine })
}

fn load(arguments: &Arguments) -> Result<Scenario, Failure> {
    let mut overrides = arguments.set.clone();
    overrides.extend(arguments.seed.map(|seed| format!("seed={seed}")));
    let refusals = |scenario: &Scenario| World::from(arguments.world).refusals(scenario);
    Scenario::load_for(&arguments.file, &overrides, refusals)
        .map_err(|error| Failure::told(Exit::WrongUse, error))
}

/// Runs, and adds to the outcome what only a clock and the system know.
fn timed<E>(run: impl FnOnce() -> Result<Outcome, E>) -> Result<Outcome, E> {
    #[expect(clippy::disallowed_methods, reason = "how long the run took, outside of it")]
    let start = std::time::Instant::now();
    let cpu_before_s = usage::cpu_s();
    let mut outcome = run()?;
    outcome.facts.wall_s = start.elapsed().as_secs_f64();
    outcome.facts.cpu_s = usage::cpu_s() - cpu_before_s;
    outcome.facts.peak_rss_bytes = usage::peak_rss_bytes();
    Ok(outcome)
}

fn make_report(folder: &Path, png: bool) -> Result<PathBuf, Failure> {
    let page = swarmlab_reports::write(folder).map_err(Failure::new)?;
    if png {
        swarmlab_reports::write_png(folder, PNG_SCALE).map_err(Failure::new)?;
    }
    Ok(page)
}

fn print(
    arguments: &Arguments,
    summary: &Summary,
    folder: Option<&Path>,
    page: Option<&Path>,
    exported: &[Exported],
) {
    if arguments.quiet {
        say(&summary.facts.digest);
    } else if arguments.json {
        say(summary.to_json().trim_end());
    } else {
        figures::print(summary, folder, page);
        exported.iter().for_each(|file| figures::line(file.title, file.path.display()));
    }
}

/// What must hold in every run, looked at from outside: bytes are the torrent's, and nobody beats the bound.
fn judge(arguments: &Arguments, outcome: &Outcome, summary: &Summary) -> Result<(), Failure> {
    if let Some(violation) = outcome.checked.as_ref().and_then(|checked| checked.violation.as_ref()) {
        let replay = replay::line(arguments, summary.facts.seed);
        let what = format_args!("error: {violation}\n  play again {replay}");
        return Err(Failure::told(Exit::PropertyViolated, what));
    }
    let wrong = outcome.audit.as_ref().map_or(&[][..], |audit| &audit.wrong);
    if let Some((peer, piece)) = wrong.first() {
        let what = format_args!(
            "error: {} pieces that peers hold as verified are not the torrent's, piece {piece} of peer {peer} among them",
            wrong.len()
        );
        return Err(Failure::told(Exit::PropertyViolated, what));
    }
    match (summary.elapsed_s, summary.t_min_s) {
        (Some(elapsed_s), Some(t_min_s)) if summary.t_min_applies && elapsed_s < t_min_s => {
            let what = format_args!(
                "error: the last completion came after {elapsed_s:.3} s, before the lower bound of {t_min_s:.3} s"
            );
            Err(Failure::told(Exit::PropertyViolated, what)
                .remedy("the simulation is wrong: this is a bug of swarmlab"))
        }
        _ => Ok(()),
    }
}
