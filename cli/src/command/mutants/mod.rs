//! `swarmlab mutants`: plant bugs on purpose, and see whether the search finds them.
//!
//! It needs the sources: it copies them, plants every bug of `mutants/` in the copy as a choice, builds that once, and
//! searches with one choice after the other. It judges the harness, and knows nothing of what a bug or a property means.

mod bug;
mod build;
mod copy;
mod hunt;
mod journal;
mod json;
mod page;
mod place;
mod results;
mod schemata;
mod score;
mod subject;
mod table;
mod workspace;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::command::runs_bar::RunsBar;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::say;

use bug::Bug;
use hunt::{Catch, Hunt};
use journal::Reach;
use results::{Effort, Results};
use score::Score;
use subject::Subject;

/// Plant bugs on purpose, one at a time, and see whether the search finds them.
///
/// The bugs are in mutants/*.toml of the sources, which it needs: a text in a file, and what stands there instead. All
/// are built into one copy of the program, below target/mutants, and each is searched for with `swarmlab explore`. What
/// was found is kept, and found again only when the sources or the bug have changed.
#[derive(Args)]
#[command(after_help = "Examples:
  swarmlab mutants --only no-endgame,have-counted-twice --rounds 1
  swarmlab mutants --list
  SWARMLAB_PLANTED=no-endgame target/mutants/build/release/swarmlab simulate SCENARIO --check strict

Exit code 10: less than 95 % of the bugs are caught within 1,000 seeds, or less than 80 % within 100; something is found
without a bug; or the canary is not caught by every seed. Bugs that only a general property sees count half.")]
pub struct Arguments {
    /// Only these; `clean` is the program without a bug.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    only: Vec<String>,
    /// Seeds of a round.
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    seeds: u32,
    /// Searches of each bug, each from other seeds on.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    rounds: u32,
    /// Name the bugs, and search for nothing.
    #[arg(long, conflicts_with = "check")]
    list: bool,
    /// See whether every bug has its place in the sources, and search for nothing.
    #[arg(long)]
    check: bool,
    /// Take the program as it was built last.
    #[arg(long)]
    skip_build: bool,
    /// Leave what is found as it is.
    #[arg(long)]
    no_shrink: bool,
    /// The folder for the results [default: target/mutants/results].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write the page of the results to this file, once every bug has been searched for.
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// Print everything as one JSON object.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let root = workspace::root()?;
    let bugs = bug::read_all(&root)?;
    if arguments.list {
        list(&bugs);
        return Ok(Exit::Fine);
    }
    let sources = copy::plant_all(&root, &bugs)?;
    if arguments.check {
        say(format_args!("{} bugs, and each has its place", bugs.len()));
        return Ok(Exit::Fine);
    }
    let selected = select(&bugs, &arguments.only)?;
    if !arguments.skip_build {
        copy::write(&build::source(&root), &sources)?;
        build::build(&root)?;
    }
    let folder = arguments.out.clone().unwrap_or_else(|| root.join(build::FOLDER).join("results"));
    let effort = Effort { seeds: arguments.seeds, rounds: arguments.rounds, shrink: !arguments.no_shrink };
    let mut results = Results::open(&folder, workspace::fingerprint(&root)?, effort)?;
    let judge = Judge { program: &build::program(&root), folder: &folder, bugs: &bugs, effort };
    hunt::limit_memory()?;
    let interrupted = judge.search(&selected, &mut results, arguments.json)?;
    let score = Score::new(&selected, &bugs, &results, effort);
    match arguments.json {
        true => say(json::object(&score)),
        false => table::print_totals(&score),
    }
    if let Some(path) = &arguments.page {
        write_page(path, &bugs, &results, effort)?;
    }
    Ok(match () {
        () if interrupted => Exit::Interrupted,
        () if !score.shortcomings().is_empty() => Exit::ExpectationFailed,
        () => Exit::Fine,
    })
}

fn list(bugs: &[Bug]) {
    for bug in bugs {
        let expects =
            if bug.expects.is_empty() { String::new() } else { format!(" [{}]", bug.expects.join(", ")) };
        say(format_args!("{:<31} {}{expects}", bug.name, bug.says));
    }
}

fn select<'a>(bugs: &'a [Bug], only: &[String]) -> Result<Vec<Subject<'a>>, Failure> {
    let all = Subject::all(bugs);
    if let Some(unknown) = only.iter().find(|name| !all.iter().any(|subject| subject.name() == *name)) {
        return Err(Failure::wrong_use(format_args!("there is no bug named `{unknown}`"))
            .remedy("`swarmlab mutants --list` names them"));
    }
    let is_wanted = |subject: &Subject<'_>| only.is_empty() || only.iter().any(|name| name == subject.name());
    Ok(all.into_iter().filter(is_wanted).collect())
}

/// The page is of all bugs, or it is none.
fn write_page(path: &Path, bugs: &[Bug], results: &Results, effort: Effort) -> Result<(), Failure> {
    let all = Subject::all(bugs);
    if all.iter().all(|subject| results.of(*subject, bugs).is_some()) {
        let page = page::markdown(&Score::new(&all, bugs, results, effort));
        fs::write(path, page).map_err(|error| Failure::file("write", path, error))?;
    }
    Ok(())
}

/// Searches for one bug after the other.
struct Judge<'a> {
    program: &'a Path,
    folder: &'a Path,
    bugs: &'a [Bug],
    effort: Effort,
}

impl Judge<'_> {
    /// Searches for those that have no result yet. Answers whether the user ended it.
    fn search(&self, subjects: &[Subject<'_>], results: &mut Results, silent: bool) -> Result<bool, Failure> {
        let bar = RunsBar::new(silent)?;
        if !silent {
            bar.say(table::head());
        }
        for (number, subject) in subjects.iter().enumerate() {
            if results.of(*subject, self.bugs).is_none() {
                bar.show(number as f64 / subjects.len() as f64, subject.name().to_owned());
                #[expect(clippy::disallowed_methods, reason = "how long the search took, outside of it")]
                let start = std::time::Instant::now();
                let Some(rounds) = self.rounds(*subject, &bar)? else { return Ok(bar.end()) };
                results.keep(*subject, self.bugs, rounds, start.elapsed().as_secs_f64())?;
            }
            let score = Score::new(&[*subject], self.bugs, results, self.effort);
            if !silent {
                score.rows.iter().chain(&score.blind).for_each(|row| bar.say(table::row(row)));
            }
            if let (Subject::Canary(_), [shortcoming, ..]) = (subject, &score.shortcomings()[..]) {
                bar.end();
                return Err(Failure::told(Exit::ExpectationFailed, format_args!("error: {shortcoming}")));
            }
        }
        Ok(bar.end())
    }

    /// `None` if the user has ended it.
    fn rounds(&self, subject: Subject<'_>, bar: &RunsBar) -> Result<Option<Vec<Catch>>, Failure> {
        let planted = subject.bug().map(Bug::planted_as).unwrap_or_default();
        let mut rounds: Vec<Catch> = Vec::new();
        for round in 0..self.effort.rounds {
            let hunt = Hunt {
                program: self.program,
                planted: &planted,
                world: subject.world(),
                from: self.effort.from(round),
                seeds: subject.seeds(self.effort.seeds),
                first_only: subject.is_over_at_first(),
                shrink: self.effort.shrink
                    && subject.is_over_at_first()
                    && rounds.iter().all(|catch| catch.seeds.is_empty()),
                folder: self.folder_of(subject, round),
            };
            let Some(mut catch) = hunt.run(&|| bar.is_interrupted())? else { return Ok(None) };
            if catch.seeds.is_empty() && subject.bug().is_some() {
                catch.reach = self.reach(&hunt, round)?;
            }
            rounds.push(catch);
        }
        Ok(Some(rounds))
    }

    /// What a bug that was missed has changed, as far as the same seeds were run without it.
    fn reach(&self, hunt: &Hunt<'_>, round: u32) -> Result<Option<Reach>, Failure> {
        if hunt.world != Subject::Clean.world() {
            return Ok(None);
        }
        let clean = Hunt { folder: self.folder_of(Subject::Clean, round), ..*hunt };
        Ok(journal::reach(&journal::read(&clean.journal())?, &journal::read(&hunt.journal())?))
    }

    fn folder_of(&self, subject: Subject<'_>, round: u32) -> PathBuf {
        self.folder.join(subject.name()).join(format!("round-{}", round + 1))
    }
}
