//! `swarmlab sweep submit`: hands the shards of a sweep to a scheduler.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use swarmlab_sim::results::EventRow;
use swarmlab_sim::sweep::{Standing, Sweep, digest_of_file};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::say;

use super::slurm::{Call, Jobs};
use super::{open, runnable};

/// Submit what is left of a sweep to Slurm: an array of shards, and the merge after it.
///
/// Writes two scripts into DIR/slurm, beside a copy of this executable, so that the jobs don't depend on what is built while
/// they wait. The array has the shards that are not finished; the merge waits until all of them have ended, however they
/// ended, and looks at the files: if runs are missing it says so and ends with 13, and submitting again goes on. The folder
/// must be one that all nodes see. Logs are in DIR/slurm.
#[derive(Args)]
#[command(after_help = "What stands behind -- are options of sbatch, for the array and for the merge.

Ends with 4 if everything is finished.

Examples:
  swarmlab sweep submit runs/pickers --slurm --shards 64 --dry-run
  swarmlab sweep submit runs/pickers --slurm --shards 64 --cpus 4 -- --partition=short --time=2:00:00 --mem=8G
  swarmlab sweep status runs/pickers && ls runs/pickers/merged")]
pub struct Arguments {
    /// The folder of the sweep.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// To Slurm, by sbatch.
    #[arg(long, required = true)]
    slurm: bool,
    /// How many shards: tasks of the array. A task should have some minutes to do.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    shards: u32,
    /// Processors of a task, and runs at a time in it.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024))]
    cpus: u16,
    /// Write the scripts, print the commands, and submit nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print the jobs as one JSON object.
    #[arg(long, conflicts_with = "dry_run")]
    json: bool,
    /// Options of sbatch, like --partition=short.
    #[arg(last = true, value_name = "OPTION", value_parser = option)]
    options: Vec<String>,
}

/// An option of sbatch on one line: it becomes one of a script.
fn option(text: &str) -> Result<String, String> {
    match text.starts_with("--") && !text.contains(['\n', '\r']) {
        true => Ok(text.to_owned()),
        false => Err("write options of sbatch as --NAME or --NAME=VALUE".to_owned()),
    }
}

pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let sweep = open(&arguments.folder)?;
    let build = runnable(&sweep)?;
    let runs = sweep.run_count();
    if arguments.shards > runs {
        let what = format_args!("{} shards of {runs} runs: some would have nothing to do", arguments.shards);
        return Err(Failure::wrong_use(what).remedy(format_args!("--shards {runs} at most")));
    }
    let standing = Standing::of(&sweep).map_err(Failure::new)?;
    let left = standing.shards_left(arguments.shards);
    if left.is_empty() {
        let folder = arguments.folder.display();
        return Err(Failure::told(
            Exit::NothingSelected,
            format_args!("error: all {runs} runs are finished: there is nothing to submit"),
        )
        .remedy(format_args!("`swarmlab sweep merge {folder}` puts them together")));
    }
    let shards = EventRow::ranges(&left).replace(", ", ",");
    let jobs = write(arguments, &sweep, &build)?;
    let array = jobs.array(&shards);
    if arguments.dry_run {
        say(array.in_words());
        say(jobs.merge("JOB").in_words());
        return Ok(Exit::Fine);
    }
    let array = array.submit()?;
    let merge = jobs.merge(&array).submit().map_err(|failure| {
        Failure::new(format_args!("the array is job {array}, but its merge was not submitted\n{failure}"))
    })?;
    if arguments.json {
        let (array, merge, id) = (&array, &merge, &sweep.manifest().id);
        say(json!({ "sweep": id, "array": array, "shards": shards, "merge": merge, "scripts": jobs.folder }));
    } else {
        say(format_args!("array     job {array}: shards {shards} of {}", arguments.shards));
        say(format_args!("merge     job {merge}, when the array has ended"));
        say(format_args!("scripts   {}", jobs.folder.display()));
        say(format_args!("follow    swarmlab sweep status {}", arguments.folder.display()));
    }
    Ok(Exit::Fine)
}

/// Writes the scripts, and the executable that they call.
fn write(arguments: &Arguments, sweep: &Sweep, build: &str) -> Result<Jobs, Failure> {
    let absolute =
        |path: &Path| std::path::absolute(path).map_err(|error| Failure::file("find", path, error));
    let folder = absolute(&arguments.folder)?;
    let jobs = Jobs { folder: folder.join("slurm") };
    fs::create_dir_all(&jobs.folder).map_err(|error| Failure::file("make", &jobs.folder, error))?;
    let executable = jobs.folder.join("swarmlab");
    keep_executable(&executable, build)?;
    let name = &sweep.manifest().planned.plans[0].scenario;
    let call = Call { executable, folder, shards: arguments.shards, cpus: arguments.cpus };
    jobs.write(name, &call, &arguments.options)
        .map_err(|error| Failure::file("write into", &jobs.folder, error))?;
    Ok(jobs)
}

/// A copy, renamed when it is whole: jobs may be running the one that is there.
fn keep_executable(path: &Path, build: &str) -> Result<(), Failure> {
    if digest_of_file(path).is_ok_and(|digest| digest == build) {
        return Ok(());
    }
    let temporary = path.with_extension(format!("{}.tmp", super::process()));
    let copied = std::env::current_exe()
        .and_then(|this| fs::copy(this, &temporary))
        .and_then(|_| fs::rename(&temporary, path));
    copied.map_err(|error| {
        let _ = fs::remove_file(&temporary); // best effort: the error that matters is the first one
        Failure::file("write", path, error)
    })
}
