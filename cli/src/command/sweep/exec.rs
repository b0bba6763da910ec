//! `swarmlab sweep exec`: runs a shard.

use std::path::PathBuf;
use std::thread;

use clap::Args;
use serde_json::json;
use swarmlab_reports::format::duration;
use swarmlab_sim::sweep::{self, Shard};

use crate::command::progress::Progress;
use crate::command::runs_bar::RunsBar;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::say;
use crate::usage;

use super::{failed, open, process, runnable};

/// Carry out a shard of a sweep, and skip what is finished.
///
/// Each run leaves two files in the folder, whole or not at all. What was killed or interrupted is started again by the same
/// command; what is damaged is run again. Any number of these may run at once, also with the same shard.
#[derive(Args)]
#[command(
    after_help = "Ends with 4 if the shard has no run, with 13 if the folder holds no sweep, or one that was planned by another
executable or with other files, and with 130 if it was interrupted.

Examples:
  swarmlab sweep exec runs/pickers                        # everything that is left, on all processors
  swarmlab sweep exec runs/pickers --shard 3/8 --threads 1
  seq 16 | parallel swarmlab sweep exec runs/pickers --threads 1 --shard {}/16"
)]
pub struct Arguments {
    /// The folder of the sweep.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Which of how many shards; how many is free, and may differ from time to time.
    #[arg(long, value_name = "I/N", default_value_t = Shard::WHOLE)]
    shard: Shard,
    /// Runs at a time [default: one for each processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Print what was done as one JSON object.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let Arguments { folder, shard, threads, json } = arguments;
    let sweep = open(&folder)?;
    let build = runnable(&sweep)?;
    if shard.runs(sweep.run_count()).is_empty() {
        let what = format_args!("error: the sweep has {} runs: shard {shard} is empty", sweep.run_count());
        return Err(Failure::told(Exit::NothingSelected, what));
    }
    let processors = || thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.map_or_else(processors, usize::from);
    let progress = Progress(RunsBar::new(json)?);
    #[expect(clippy::disallowed_methods, reason = "how long the runs took, outside of them")]
    let start = std::time::Instant::now();
    let executed = sweep::exec(&sweep, shard, &build, &process(), threads, &progress);
    progress.0.end();
    let executed = executed.map_err(failed)?;
    let (wall_s, cpu_s) = (start.elapsed().as_secs_f64(), usage::cpu_s());
    if json {
        say(json!({
            "sweep": sweep.manifest().id,
            "shard": shard.to_string(),
            "runs": executed.runs,
            "found": executed.found,
            "finished": executed.finished,
            "wall_s": wall_s,
            "cpu_s": cpu_s,
        }));
    } else {
        let (folder, done) = (folder.display(), executed.finished - executed.found);
        say(format_args!(
            "shard     {shard} of {folder}: {} runs, {} finished before, {done} now",
            executed.runs, executed.found
        ));
        say(format_args!("cost      {} wall, {} processor", duration(wall_s), duration(cpu_s)));
        if !executed.is_whole() {
            let left = executed.runs - executed.finished;
            say(format_args!("ended     {left} runs are left; the same command goes on"));
        }
    }
    Ok(if executed.is_whole() { Exit::Fine } else { Exit::Interrupted })
}
