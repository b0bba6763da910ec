//! Runs on all processors. Which thread ran what, and when, leaves no trace in the results: they stand in the order of
//! the jobs.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::world::{Status, Watch};

/// Whoever watches.
pub trait Observer: Sync {
    /// Called often, from any thread: the share of the work that is done, and what is being worked on.
    fn progress(&self, done: f64, what: &str);
    /// Whether to go on.
    fn go_on(&self) -> bool;
}

/// Runs; answers nothing if it was interrupted.
pub type Run<'a, T> = Box<dyn Fn(&mut dyn Watch) -> Option<T> + Sync + 'a>;

/// One run.
pub struct Job<'a, T> {
    /// What it is, for who watches.
    pub what: String,
    /// How long it takes beside the others.
    pub cost: f64,
    /// Runs it.
    pub run: Run<'a, T>,
}

/// What each job gave, in the order of the jobs; nothing for those that were interrupted or not begun. They are begun in
/// the `order` given.
pub fn carry_out<T: Send>(
    jobs: &[Job<'_, T>],
    order: &[usize],
    threads: usize,
    observer: &dyn Observer,
) -> Vec<Option<T>> {
    carry_out_and(jobs, order, threads, observer, &|_| {})
}

/// As [`carry_out`], for jobs that are of no use without each other: the first that fails ends them all.
///
/// # Errors
/// What went wrong; of several failures the one that stands first.
pub fn carry_out_all<T: Send, E: Send>(
    jobs: &[Job<'_, Result<T, E>>],
    order: &[usize],
    threads: usize,
    observer: &dyn Observer,
) -> Result<Vec<Option<T>>, E> {
    let has_failed = AtomicBool::new(false);
    let finished = |result: &Result<T, E>| {
        if result.is_err() {
            has_failed.store(true, Ordering::Relaxed);
        }
    };
    let halting = Halting { observer, has_failed: &has_failed };
    let results = carry_out_and(jobs, order, threads, &halting, &finished);
    results.into_iter().map(Option::transpose).collect()
}

/// Ends the others too when one has failed.
struct Halting<'a> {
    observer: &'a dyn Observer,
    has_failed: &'a AtomicBool,
}

impl Observer for Halting<'_> {
    fn progress(&self, done: f64, what: &str) {
        self.observer.progress(done, what);
    }

    fn go_on(&self) -> bool {
        self.observer.go_on() && !self.has_failed.load(Ordering::Relaxed)
    }
}

/// `finished` hears of each at once, in no particular order.
fn carry_out_and<T: Send>(
    jobs: &[Job<'_, T>],
    order: &[usize],
    threads: usize,
    observer: &dyn Observer,
    finished: &(dyn Fn(&T) + Sync),
) -> Vec<Option<T>> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<T>>> = Mutex::new(jobs.iter().map(|_| None).collect());
    let work = Work {
        total: jobs.iter().map(|job| job.cost).sum(),
        state: Mutex::new(Progress { done: 0.0, running: vec![0.0; threads.max(1)] }),
        observer,
    };
    thread::scope(|scope| {
        for thread in 0..threads.max(1) {
            let (next, results, work) = (&next, &results, &work);
            scope.spawn(move || {
                while let Some(&number) = order.get(next.fetch_add(1, Ordering::Relaxed))
                    && work.observer.go_on()
                {
                    let job = &jobs[number];
                    let mut watch = JobWatch { work, what: &job.what, cost: job.cost, thread };
                    let result = (job.run)(&mut watch);
                    work.finished(thread, job.cost, &job.what);
                    if let Some(result) = &result {
                        finished(result);
                    }
                    results.lock().expect("no thread panicked")[number] = result;
                }
            });
        }
    });
    results.into_inner().expect("no thread panicked")
}

/// How much is done.
struct Work<'a> {
    total: f64,
    state: Mutex<Progress>,
    observer: &'a dyn Observer,
}

struct Progress {
    /// Of jobs that are finished.
    done: f64,
    /// What each thread has done of its own job.
    running: Vec<f64>,
}

impl Work<'_> {
    fn report(&self, thread: usize, running: f64, what: &str) {
        let done = {
            let mut state = self.state.lock().expect("no thread panicked");
            state.running[thread] = running;
            state.done + state.running.iter().sum::<f64>()
        };
        self.observer.progress((done / self.total).min(1.0), what);
    }

    fn finished(&self, thread: usize, cost: f64, what: &str) {
        self.state.lock().expect("no thread panicked").done += cost;
        self.report(thread, 0.0, what);
    }
}

struct JobWatch<'a> {
    work: &'a Work<'a>,
    what: &'a str,
    cost: f64,
    thread: usize,
}

impl Watch for JobWatch<'_> {
    fn status(&mut self, status: Status) -> bool {
        self.work.report(self.thread, status.progress.min(1.0) * self.cost, self.what);
        self.work.observer.go_on()
    }
}
