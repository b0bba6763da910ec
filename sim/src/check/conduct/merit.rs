//! S35: a round of the choker keeps whoever has earned it.
//!
//! Some chokers promise a slot to those who have sent the client most lately, others to those to whom it has sent most, and
//! all but one go to them: see [`Merit`](swarmlab_engine::choker::Merit). So when a round chokes somebody to whom something came, or was sent, within the last
//! nine tenths of a round, then at most one of those who are unchoked after it has had nothing at all for more than two.
//!
//! Nothing is said of a round in which somebody came, went, or changed its mind; nor of a client that was frozen lately.

use std::collections::BTreeMap;
use std::time::Duration;

use swarmlab_engine::choker;
use swarmlab_engine::session::ConnectionId;
use swarmlab_engine::time::Time;

use crate::check::Seen;
use crate::check::judge::Bench;
use crate::check::swarm::{Line, Resident, Told, View, Watcher, Way};
use crate::check::wire::Said;

use super::clients::{Clients, known};
use super::prompt::Step;

/// Judges S35.
#[derive(Default)]
pub struct Merit {
    clients: Clients<Client>,
}

#[derive(Default)]
struct Client {
    step: Step,
    /// Its time was given to it in this step.
    timed_out: bool,
    /// Somebody came for a slot, or left one.
    has_vacancy: bool,
    /// Those who were choked in this step though they are interested.
    choked: Vec<ConnectionId>,
    /// When a block was sent last, and when one came.
    payload: BTreeMap<ConnectionId, [Option<Time>; 2]>,
    /// When one came last that was surely asked for: with it a peer that snubs the client makes good.
    made_good: BTreeMap<ConnectionId, Time>,
}

impl Watcher for Merit {
    fn see(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, seen: &Seen<'_>) {
        let Some(client) = known(&mut self.clients, peer, seen, Client::default) else { return };
        match seen {
            Seen::TimedOut => client.timed_out = true,
            Seen::Opened { .. } => client.has_vacancy = true,
            Seen::Closed { connection, .. } => {
                client.has_vacancy = true;
                client.payload.remove(connection);
                client.made_good.remove(connection);
            }
            Seen::Settled(_) => client.settle(bench, view, peer),
            _ => {}
        }
        client.step.see(view, peer, seen);
    }

    fn said(&mut self, bench: &mut Bench<'_>, _: &View, told: &Told<'_>) {
        let Some(client) = self.clients.get_mut(&told.peer) else { return };
        client.step.said(told);
        match (told.way, told.said) {
            (way, Said::Piece(block, _)) => {
                if way == Way::In && told.line.is_drained && told.line.asked.contains(block) {
                    client.made_good.insert(told.connection, bench.now);
                }
                client.payload.entry(told.connection).or_default()[way as usize] = Some(bench.now);
            }
            (Way::In, Said::Interested | Said::NotInterested) => client.has_vacancy = true,
            (Way::Out, Said::Choke)
                if told.line.interested_since.is_some() && client.step.is_prompt(told.connection) =>
            {
                client.choked.push(told.connection);
            }
            _ => {}
        }
    }
}

impl Client {
    fn settle(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32) {
        let choked = std::mem::take(&mut self.choked);
        let (timed_out, has_vacancy) = (self.timed_out, self.has_vacancy);
        (self.timed_out, self.has_vacancy) = (false, false);
        let is_round = timed_out && !has_vacancy;
        let Some(resident) = view.roster.get(peer).filter(|_| is_round && !choked.is_empty()) else { return };
        let Some(way) = deserves_by(resident) else { return };
        let round = resident.config.choke_interval;
        let long_ago = 2 * round + Duration::from_secs(2);
        if resident.awake_since + 3 * round > bench.now {
            return;
        }
        let last = |connection: &ConnectionId| {
            self.payload.get(connection).and_then(|both| both[way as usize]).unwrap_or(Time::ZERO)
        };
        let earned = |connection: &&ConnectionId| {
            let at = match way {
                Way::In => self.made_good.get(connection).copied().unwrap_or(Time::ZERO),
                Way::Out => last(connection),
            };
            at + round.mul_f64(0.9) > bench.now
        };
        let Some(deserving) = choked.iter().find(earned) else { return };
        let is_idle = |(connection, line): &(&ConnectionId, &Line)| {
            let since = last(connection).max(line.opened_at);
            line.stands && line.is_drained && line.am_unchoking && since + long_ago < bench.now
        };
        let idle: Vec<u32> = view.lines.of(peer).filter(is_idle).map(|(_, line)| line.with).collect();
        if idle.len() >= 2
            && let Some(line) = view.lines.get(peer, *deserving)
        {
            let choker =
                if resident.is_complete() { &resident.config.seed_choker } else { &resident.config.choker };
            let what = format!(
                "a round of {choker} chokes peer {}, which has earned its slot, and leaves theirs to peers {idle:?}, which \
                 have not for {:.0} s",
                line.with,
                long_ago.as_secs_f64()
            );
            bench.violated("S35", [peer, line.with], what, line.wire());
        }
    }
}

/// Which way payload counts for the choker that is at work, if it counts.
fn deserves_by(resident: &Resident) -> Option<Way> {
    resident.promise().merit.map(|merit| match merit {
        choker::Merit::Sent => Way::In,
        choker::Merit::Taken => Way::Out,
    })
}
