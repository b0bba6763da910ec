//! S38: who never introduces itself, and who falls silent, is given up in time; and a client gives signs of life itself.
//!
//! The spans are the engine's, with a tick and a little more: 20 s from the dial to the open stream and 20 s from there to
//! the handshake; three minutes of silence; a sign of life after 100 s. A frozen client has no clock: all of it begins anew
//! once it thaws.

use std::collections::BTreeMap;
use std::time::Duration;

use swarmlab_engine::session::ConnectionId;
use swarmlab_engine::time::Time;

use crate::check::judge::Bench;
use crate::check::swarm::{Line, Resident, View, Watcher};
use crate::check::{Circumstances, Seen};

use super::clients::{Clients, known};

/// Until both have introduced themselves.
const INTRODUCTION: Duration = Duration::from_millis(42_500);
/// The longest silence of a peer.
const SILENCE: Duration = Duration::from_millis(182_500);
/// The longest silence of a client that has nothing to say.
const SIGN_OF_LIFE: Duration = Duration::from_millis(102_500);
/// How often everybody is looked at.
const EVERY: Duration = Duration::from_secs(2);

/// Judges S38.
#[derive(Default)]
pub struct Silence {
    look_at: Time,
    clients: Clients<BTreeMap<ConnectionId, Last>>,
}

/// When something came last, and when something was sent.
#[derive(Clone, Copy)]
struct Last {
    heard: Time,
    said: Time,
}

impl Watcher for Silence {
    fn see(&mut self, bench: &mut Bench<'_>, _: &View, peer: u32, seen: &Seen<'_>) {
        let Some(lines) = known(&mut self.clients, peer, seen, BTreeMap::new) else { return };
        let now = bench.now;
        match seen {
            Seen::Opened { connection, .. } => {
                lines.insert(*connection, Last { heard: now, said: now });
            }
            Seen::Closed { connection, .. } => drop(lines.remove(connection)),
            Seen::Connected(connection) | Seen::Received(connection, _) => {
                lines.get_mut(connection).into_iter().for_each(|last| last.heard = now);
            }
            Seen::Sent(connection, _) => {
                lines.get_mut(connection).into_iter().for_each(|last| last.said = now);
            }
            _ => {}
        }
    }

    fn step(&mut self, bench: &mut Bench<'_>, view: &View, _: &Circumstances<'_>) {
        if bench.now < self.look_at {
            return;
        }
        self.look_at = bench.now + EVERY;
        for (peer, resident) in view.roster.iter().filter(|(_, resident)| resident.is_answerable()) {
            let Some(lasts) = self.clients.get(&peer) else { continue };
            for (connection, line) in view.lines.of(peer) {
                if let Some(last) = lasts.get(connection) {
                    look(bench, peer, resident, line, *last);
                }
            }
        }
    }
}

fn look(bench: &mut Bench<'_>, peer: u32, resident: &Resident, line: &Line, last: Last) {
    let for_so_long = |since: Time| bench.now - since.max(resident.awake_since);
    let verdict = if !line.stands {
        let waits = for_so_long(line.opened_at);
        (waits > INTRODUCTION).then_some((waits, "it has not introduced itself, and is waited for"))
    } else if for_so_long(last.heard) > SILENCE {
        Some((for_so_long(last.heard), "it has been silent, and is waited for"))
    } else {
        let silent = for_so_long(last.said);
        (silent > SIGN_OF_LIFE && line.is_drained).then_some((silent, "it was given no sign of life"))
    };
    if let Some((span, what)) = verdict {
        let what = format!("{what}, for {:.0} s", span.as_secs_f64());
        bench.violated("S38", [peer, line.with], what, line.wire());
    }
}
