//! `swarmlab sweep`: thousands of runs in shards, by whatever starts processes.

mod exec;
mod left;
mod merge;
mod plan;
mod slurm;
mod status;
mod submit;

use std::env;
use std::path::Path;

use clap::{Args, Subcommand};
use swarmlab_sim::sweep::{Sweep, SweepError, digest_of_file};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::identity;

/// Run variants of scenarios with many seeds, in shards, on any number of machines.
///
/// A sweep is a folder. `plan` writes into it what is to be run, `exec` carries out a shard of it and skips what is finished,
/// `merge` puts everything together into two Parquet tables, and a comparison for each scenario with variants. Any scheduler
/// can start the shards; `submit` hands them to Slurm. What is finished is judged by the files in the folder alone, so a
/// shard that was killed is simply started again, and the merged tables are the same bytes however the runs were shared out.
#[derive(Args)]
#[command(after_help = "Examples:
  swarmlab sweep plan scenarios/slow-seed.toml --vary leecher.picker=rarest-first,random --seeds 500 --out runs/pickers
  swarmlab sweep exec runs/pickers                                # on all processors of this machine
  seq 16 | parallel swarmlab sweep exec runs/pickers --threads 1 --shard {}/16
  swarmlab sweep submit runs/pickers --slurm --shards 64 -- --partition=short --time=2:00:00
  swarmlab sweep status runs/pickers
  swarmlab sweep merge runs/pickers")]
pub struct Arguments {
    #[command(subcommand)]
    step: Step,
}

#[derive(Subcommand)]
enum Step {
    Plan(plan::Arguments),
    Exec(exec::Arguments),
    Status(status::Arguments),
    Merge(merge::Arguments),
    Submit(submit::Arguments),
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    match arguments.step {
        Step::Plan(arguments) => plan::run(arguments),
        Step::Exec(arguments) => exec::run(arguments),
        Step::Status(arguments) => status::run(&arguments),
        Step::Merge(arguments) => merge::run(arguments),
        Step::Submit(arguments) => submit::run(&arguments),
    }
}

/// The digest of this executable.
fn build() -> Result<String, Failure> {
    let digest = env::current_exe().and_then(|path| digest_of_file(&path));
    digest.map_err(|error| Failure::new(format_args!("cannot read this executable: {error}")))
}

/// A name for this process that none has on any machine.
fn process() -> String {
    format!("{:016x}", identity::seed())
}

fn open(folder: &Path) -> Result<Sweep, Failure> {
    Sweep::open(folder).map_err(failed)
}

/// Whether the sweep may be run by this executable; and its digest.
fn runnable(sweep: &Sweep) -> Result<String, Failure> {
    let build = build()?;
    sweep.can_run_here(&build).map_err(failed)?;
    Ok(build)
}

/// What to do about it follows from what it is.
fn failed(error: SweepError) -> Failure {
    let unusable = || Failure::told(Exit::NoBaseline, format_args!("error: {error}"));
    match &error {
        SweepError::SameName(_) => Failure::wrong_use(error)
            .remedy("a key `name = \"…\"` at the top of the file gives a scenario another name"),
        SweepError::TooManyRuns(_) | SweepError::TooLong(_) => {
            Failure::wrong_use(error).remedy("plan several sweeps: --from gives the next ones other seeds")
        }
        SweepError::Another(_) => Failure::wrong_use(error).remedy("--out DIR names another folder"),
        SweepError::NoManifest { .. } => {
            unusable().remedy("`swarmlab sweep plan SCENARIO --out DIR` begins one")
        }
        SweepError::OtherBuild { .. } => unusable().remedy(
            "run it by the executable that planned it, or plan it again into another folder: two builds may take two courses",
        ),
        SweepError::Unreadable { .. }
        | SweepError::Format { .. }
        | SweepError::Changed(_)
        | SweepError::OtherFile { .. } => unusable().remedy("plan it again into another folder"),
        SweepError::Scenario(error) => Failure::told(Exit::WrongUse, error),
        SweepError::Results(_) | SweepError::World(_) => Failure::new(error),
    }
}
