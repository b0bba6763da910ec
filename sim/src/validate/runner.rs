//! Runs experiments on all processors. Which thread ran what, and when, leaves no trace in the results: they are put
//! together in the order of cases and seeds.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::document::{Section, Validation};
use super::experiment::{Arm, ArmRuns, Experiment, Measured, Runs, Size};
use super::experiments;
use crate::world::{Status, Watch};

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The numbers of the experiments, like `V4`; all if empty.
    pub only: Vec<String>,
    /// Seeds 1 to this, for each case.
    pub seeds: u32,
    /// How large the swarms are.
    pub size: Size,
    /// Runs at a time.
    pub threads: usize,
}

/// Whoever watches.
pub trait Observer: Sync {
    /// Called often, from any thread: the share of the work that is done, and what is being worked on.
    fn progress(&self, done: f64, what: &str);
    /// Whether to go on.
    fn go_on(&self) -> bool;
}

/// One run.
struct Job<'a> {
    experiment: usize,
    arm: usize,
    seed: u64,
    what: String,
    case: &'a Arm,
}

/// Runs the plan.
pub fn run(plan: &Plan, observer: &dyn Observer) -> Validation {
    let chosen: Vec<Experiment> =
        experiments::all().into_iter().filter(|experiment| is_chosen(plan, experiment.id)).collect();
    let cases: Vec<Vec<Arm>> = chosen.iter().map(|experiment| (experiment.arms)(plan.size)).collect();
    let jobs = jobs(plan, &chosen, &cases);
    let mut results = carry_out(&jobs, plan.threads, observer).into_iter();
    let mut sections = Vec::new();
    for (experiment, cases) in chosen.iter().zip(&cases) {
        let arms = cases.iter().map(|case| {
            let seeds = u64::from(plan.seeds.min(case.seeds_max));
            let runs = (1..=seeds).map(|seed| Some((seed, results.next()??)));
            let runs: Option<Vec<_>> = runs.collect::<Vec<_>>().into_iter().collect();
            Some(ArmRuns { name: case.name.clone(), overrides: case.overrides.clone(), runs: runs? })
        });
        // Every arm takes its results, so that the next experiment finds its own.
        let arms: Option<Vec<ArmRuns>> = arms.collect::<Vec<_>>().into_iter().collect();
        sections.push(match arms {
            Some(arms) => {
                let runs = Runs { arms };
                Section::done(experiment, plan.size, &runs, (experiment.findings)(&runs))
            }
            None => Section::interrupted(experiment),
        });
    }
    sections.extend(
        experiments::WAITING.iter().filter(|waiting| is_chosen(plan, waiting.id)).map(Section::waiting),
    );
    sections.sort_by_key(|section| number(&section.id));
    Validation {
        format: Validation::FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        size: plan.size,
        seeds: plan.seeds,
        wall_s: 0.0,
        cpu_s: 0.0,
        experiments: sections,
    }
}

fn is_chosen(plan: &Plan, id: &str) -> bool {
    plan.only.is_empty() || plan.only.iter().any(|chosen| chosen.eq_ignore_ascii_case(id))
}

pub(super) fn number(id: &str) -> u32 {
    id.trim_start_matches('V').parse().unwrap_or(u32::MAX)
}

fn jobs<'a>(plan: &Plan, chosen: &[Experiment], cases: &'a [Vec<Arm>]) -> Vec<Job<'a>> {
    let mut jobs = Vec::new();
    for (experiment, arms) in cases.iter().enumerate() {
        for (arm, case) in arms.iter().enumerate() {
            for seed in 1..=u64::from(plan.seeds.min(case.seeds_max)) {
                let what = format!("{}, {}, seed {seed}", chosen[experiment].id, case.name);
                jobs.push(Job { experiment, arm, seed, what, case });
            }
        }
    }
    jobs
}

/// What each job gave, in the order of the jobs; nothing for those that were interrupted or not begun.
fn carry_out(jobs: &[Job<'_>], threads: usize, observer: &dyn Observer) -> Vec<Option<Measured>> {
    // One experiment after the other, so that an interruption leaves whole ones; within one the longest runs first,
    // so that no processor waits for one that began late.
    let mut order: Vec<usize> = (0..jobs.len()).collect();
    order.sort_by(|&a, &b| {
        let (a, b) = (&jobs[a], &jobs[b]);
        let by_cost = b.case.cost_s.total_cmp(&a.case.cost_s);
        a.experiment.cmp(&b.experiment).then(by_cost).then((a.arm, a.seed).cmp(&(b.arm, b.seed)))
    });
    let next = AtomicUsize::new(0);
    let results = Mutex::new(vec![None; jobs.len()]);
    let work = Work {
        total_s: jobs.iter().map(|job| job.case.cost_s).sum(),
        state: Mutex::new(Progress { done_s: 0.0, running: vec![0.0; threads.max(1)] }),
        observer,
    };
    thread::scope(|scope| {
        for thread in 0..threads.max(1) {
            let (next, order, results, work) = (&next, &order, &results, &work);
            scope.spawn(move || {
                while let Some(&number) = order.get(next.fetch_add(1, Ordering::Relaxed))
                    && work.observer.go_on()
                {
                    let job = &jobs[number];
                    let mut watch = JobWatch { work, job, thread };
                    let measured = (job.case.run)(job.seed, &mut watch);
                    work.finished(thread, job);
                    results.lock().expect("no thread panicked")[number] = measured;
                }
            });
        }
    });
    results.into_inner().expect("no thread panicked")
}

/// How much is done.
struct Work<'a> {
    total_s: f64,
    state: Mutex<Progress>,
    observer: &'a dyn Observer,
}

struct Progress {
    /// Of jobs that are finished.
    done_s: f64,
    /// What each thread has done of its own job.
    running: Vec<f64>,
}

impl Work<'_> {
    fn report(&self, thread: usize, running_s: f64, what: &str) {
        let done_s = {
            let mut state = self.state.lock().expect("no thread panicked");
            state.running[thread] = running_s;
            state.done_s + state.running.iter().sum::<f64>()
        };
        self.observer.progress((done_s / self.total_s).min(1.0), what);
    }

    fn finished(&self, thread: usize, job: &Job<'_>) {
        self.state.lock().expect("no thread panicked").done_s += job.case.cost_s;
        self.report(thread, 0.0, &job.what);
    }
}

struct JobWatch<'a> {
    work: &'a Work<'a>,
    job: &'a Job<'a>,
    thread: usize,
}

impl Watch for JobWatch<'_> {
    fn status(&mut self, status: Status) -> bool {
        self.work.report(self.thread, status.progress.min(1.0) * self.job.case.cost_s, &self.job.what);
        self.work.observer.go_on()
    }
}
