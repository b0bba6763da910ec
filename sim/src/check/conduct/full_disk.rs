//! S39: while a disk is full nothing is asked for.
//!
//! From the first block that found no room a client asks for nothing, for [`REST`] at least, unless its disk takes a block
//! in the meantime.

use std::time::Duration;

use swarmlab_engine::session::Event;
use swarmlab_engine::storage::Outcome;
use swarmlab_engine::time::Time;

use crate::check::Seen;
use crate::check::judge::Bench;
use crate::check::swarm::{Told, View, Watcher, Way};
use crate::check::wire::Said;

use super::clients::{Clients, known};
use super::prompt::Step;

/// The shortest rest of the engine.
const REST: Duration = Duration::from_secs(15);

/// Judges S39.
#[derive(Default)]
pub struct FullDisk {
    clients: Clients<Client>,
}

#[derive(Default)]
struct Client {
    step: Step,
    full_since: Option<Time>,
}

impl Watcher for FullDisk {
    fn see(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, seen: &Seen<'_>) {
        let Some(client) = known(&mut self.clients, peer, seen, Client::default) else { return };
        match seen {
            Seen::Said(Event::DiskFull { .. }) => client.full_since = Some(bench.now),
            Seen::DiskAnswered(done) if matches!(done.outcome, Outcome::Written(Ok(()))) => {
                client.full_since = None;
            }
            _ => {}
        }
        client.step.see(view, peer, seen);
    }

    fn said(&mut self, bench: &mut Bench<'_>, _: &View, told: &Told<'_>) {
        let Some(client) = self.clients.get_mut(&told.peer) else { return };
        client.step.said(told);
        let Some(since) = client.full_since else { return };
        if let (Way::Out, Said::Request(block)) = (told.way, told.said)
            && since < bench.now
            && since + REST > bench.now
            && client.step.is_prompt(told.connection)
        {
            let what = format!(
                "REQUEST of {block} {:.1} s after the disk was found full",
                (bench.now - since).as_secs_f64()
            );
            bench.violated("S39", [told.peer, told.line.with], what, told.line.wire());
        }
    }
}
