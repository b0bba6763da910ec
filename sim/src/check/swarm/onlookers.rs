//! All who look at the swarm as a whole.

use crate::check::judge::{Bench, Judge};
use crate::check::{Circumstances, Seen};
use crate::scenario::Action;

use super::view::{View, Watcher};

/// Shows the swarm to everybody who watches it.
pub struct Onlookers {
    view: View,
    watchers: Vec<Box<dyn Watcher>>,
}

impl Onlookers {
    /// Nothing has happened yet.
    pub fn new(watchers: impl IntoIterator<Item = Box<dyn Watcher>>) -> Onlookers {
        Onlookers { view: View::new(), watchers: watchers.into_iter().collect() }
    }
}

impl Judge for Onlookers {
    fn see(&mut self, bench: &mut Bench<'_>, peer: u32, seen: &Seen<'_>) {
        self.view.see(bench, &mut self.watchers, peer, seen);
    }

    fn scripted(&mut self, bench: &mut Bench<'_>, action: &Action, peers: &[u32]) {
        self.watchers.iter_mut().for_each(|watcher| watcher.scripted(bench, action, peers));
    }

    fn step(&mut self, bench: &mut Bench<'_>, circumstances: &Circumstances<'_>) {
        self.watchers.iter_mut().for_each(|watcher| watcher.step(bench, &self.view, circumstances));
    }
}
