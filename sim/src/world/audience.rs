//! All who look on while a run goes on: the checker, which may end it, and those who make something of it.

use swarmlab_engine::time::Time;

use crate::check::{Checked, Checker, Seen};
use crate::network::Network;
use crate::results::EventRow;
use crate::scenario::Action;

use super::observer::{Cast, Observer};

/// Tells everybody.
pub struct Audience<'a> {
    /// Judges, if anybody does.
    pub checker: Option<Checker>,
    observers: Vec<&'a mut (dyn Observer + 'a)>,
}

impl<'a> Audience<'a> {
    /// Those who look on from now on.
    pub fn new(checker: Option<Checker>, observers: Vec<&'a mut (dyn Observer + 'a)>) -> Audience<'a> {
        Audience { checker, observers }
    }

    /// The run is about to begin: everybody hears of it, and the hosts are tapped that somebody wants to be.
    pub fn begin(&mut self, cast: &Cast<'_>, network: &mut Network) {
        self.observers.iter_mut().for_each(|observer| observer.begins(cast));
        let tapped =
            cast.hosts.iter().filter(|host| self.observers.iter().any(|observer| observer.taps(host)));
        let tapped: Vec<_> = tapped.map(|host| host.host).collect();
        if !tapped.is_empty() {
            network.tap(tapped);
        }
    }

    /// A peer's client was given something, or did something.
    pub fn see(&mut self, now: Time, peer: u32, seen: &Seen<'_>) {
        if let Some(checker) = &mut self.checker {
            checker.see(now, peer, seen);
        }
        self.observers.iter_mut().for_each(|observer| observer.sees(now, peer, seen));
    }

    /// The script has done something to these peers.
    pub fn scripted(&mut self, now: Time, action: &Action, peers: &[u32]) {
        if let Some(checker) = &mut self.checker {
            checker.scripted(now, action, peers);
        }
    }

    /// What the script has done or undone, in words.
    pub fn told(&mut self, now: Time, event: &EventRow) {
        self.observers.iter_mut().for_each(|observer| observer.scripted(now, event));
    }

    /// An event is over: the packets that it brought about.
    pub fn hear(&mut self, network: &mut Network) {
        while let Some(sent) = network.poll_sent() {
            let mut is_wanted = false;
            for observer in &mut self.observers {
                is_wanted |= observer.packet(&sent);
            }
            if !is_wanted {
                network.untap();
            }
        }
    }

    /// Whether a property was found not to hold.
    pub fn has_seen_violation(&self) -> bool {
        self.checker.as_ref().is_some_and(|checker| checker.violation().is_some())
    }

    /// The run is over: what the checker found.
    pub fn end(self, now: Time) -> Option<Checked> {
        self.observers.into_iter().for_each(|observer| observer.ends(now));
        self.checker.map(|checker| checker.end(now))
    }
}
