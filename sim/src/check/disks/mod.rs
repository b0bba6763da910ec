//! Disks: what each client has written, verified, and holds.
//!
//! The judge keeps a disk of its own for each peer, from what the client asked of it and what it answered. What a client
//! says of its pieces is held against that. What a crash leaves is known as far as the scenario says it.

mod surface;
#[cfg(test)]
mod tests;
mod visit;

use swarmlab_engine::session::Event;

use crate::scenario::{Action, Has, Keeps, OnComplete, Scenario};

use super::Seen;
use super::judge::{Bench, Judge};
use surface::Surface;
use visit::Visit;

/// Judges what peers hold.
#[derive(Default)]
pub struct Disks {
    /// By the peer's number.
    peers: Vec<Disk>,
}

/// One peer's disk, and its client while it is judged.
#[derive(Default)]
struct Disk {
    surface: Option<Surface>,
    visit: Option<Visit>,
    /// The client has said goodbye in order.
    has_stopped: bool,
}

impl Judge for Disks {
    fn see(&mut self, bench: &mut Bench<'_>, peer: u32, seen: &Seen<'_>) {
        let place = peer as usize;
        if self.peers.len() <= place {
            self.peers.resize_with(place + 1, Disk::default);
        }
        let disk = &mut self.peers[place];
        let scenario = &*bench.setting.scenario;
        match seen {
            Seen::Came { is_judged: true, start, .. } => {
                let geometry = bench.setting.geometry();
                let has = bench.setting.group(peer).has;
                let surface = disk.surface.get_or_insert_with(|| Surface::new(geometry, has));
                disk.visit = Some(Visit::new(bench, peer, start, surface));
                disk.has_stopped = false;
            }
            Seen::Gone => {
                let crashed = !disk.has_stopped;
                if let (Some(visit), Some(surface)) = (disk.visit.take(), &mut disk.surface) {
                    lose(surface, &visit, scenario, bench.setting.group(peer).has, crashed);
                }
            }
            _ => {
                let (Some(visit), Some(surface)) = (&mut disk.visit, &mut disk.surface) else { return };
                match seen {
                    Seen::DiskAsked(job) => visit.asked(bench, peer, job),
                    Seen::DiskAnswered(done) => visit.answered(bench, peer, done, surface),
                    Seen::Said(Event::Stopped) => disk.has_stopped = true,
                    Seen::Said(event) => visit.said(bench, peer, event),
                    Seen::Settled(session) => visit.settled(bench, peer, session),
                    _ => {}
                }
            }
        }
    }
}

/// Notes what may be gone when the client comes again.
fn lose(surface: &mut Surface, visit: &Visit, scenario: &Scenario, has: Has, crashed: bool) {
    let crashes = || {
        scenario.events.iter().filter_map(|event| match event.action {
            Action::Crash { keeps, .. } => Some((keeps, event.lasts.is_some())),
            _ => None,
        })
    };
    if crashed {
        let may_lose_all = crashes().any(|(keeps, _)| keeps == Keeps::Nothing);
        let may_lose_parts = crashes().any(|(keeps, _)| keeps != Keeps::Everything);
        surface
            .doubt(|piece| if visit.has_verified().contains(piece) { may_lose_all } else { may_lose_parts });
    }
    // Who left for good, and is then started again by the end of a crash, gets a disk as at first.
    let ends_for_good = crashes().any(|(_, restarts)| !restarts)
        || scenario.events.iter().any(|event| matches!(event.action, Action::Leave(_)))
        || scenario
            .groups
            .iter()
            .any(|group| !matches!(group.on_complete, OnComplete::Stay) || group.abort.is_some());
    if ends_for_good && crashes().any(|(_, restarts)| restarts) {
        surface.doubt(|_| true);
        if has != Has::Nothing {
            surface.hope();
        }
    }
}
