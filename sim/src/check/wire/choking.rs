//! Rules about CHOKE and UNCHOKE (S21, S22, S24).
//!
//! When a choke may change follows from what the client was given since it last had nothing to say:
//!
//! - CHOKE of a peer that is still interested: a round of the choker, that is its time was given to it;
//! - CHOKE of another: the peer said NOT_INTERESTED;
//! - UNCHOKE: a round, or a slot came free (a peer said NOT_INTERESTED, a connection ended), or somebody came for one
//!   that was free (INTERESTED); and only of a peer that is interested.
//!
//! Rounds are a configured time apart.

use swarmlab_engine::choker;
use swarmlab_engine::choker::registry::Entry;
use swarmlab_engine::time::Time;

use super::conversation::Conversation;
use super::message::Said;
use super::own::Own;
use super::scene::Scene;
use super::verdict::{Verdict, holds};

/// Judges a CHOKE or UNCHOKE that is being sent.
pub fn judge(scene: &Scene<'_>, said: &Said) -> Verdict {
    let chokes = matches!(said, Said::Choke);
    holds(chokes != scene.conversation.choking, "S24", || format!("{said:?} again"))?;
    holds(chokes || scene.conversation.peer_interested_lately, "S22", || {
        "UNCHOKE of a peer that is not interested".into()
    })
}

/// A CHOKE or UNCHOKE that was sent in this step.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// The place of the connection.
    pub slot: usize,
    chokes: bool,
    /// It was decided in this step, or in none before that.
    since_step: u32,
    /// The peer has not lost interest.
    is_wanted: bool,
}

impl Change {
    /// What is being said on this connection.
    pub fn new(conversation: &Conversation, chokes: bool) -> Change {
        Change {
            slot: conversation.connection.slot(),
            chokes,
            since_step: conversation.since_step,
            is_wanted: conversation.peer_interested && !conversation.lost_interest_lately,
        }
    }
}

/// What has moved a client to choke or unchoke.
#[derive(Debug, Default)]
pub struct Moments {
    /// Its time was given to it in this step.
    pub timed_out: bool,
    /// A slot may have come free in this step, or somebody came for one.
    pub vacancy: bool,
    last_time_out: Option<u32>,
    last_vacancy: Option<u32>,
    last_round: Option<Time>,
}

impl Moments {
    /// The step ends: notes what happened in it.
    pub fn note(&mut self, own: &Own) {
        self.last_time_out = if self.timed_out { Some(own.step) } else { self.last_time_out };
        self.last_vacancy = if self.vacancy { Some(own.step) } else { self.last_vacancy };
    }

    /// A new step.
    pub fn next(&mut self) {
        (self.timed_out, self.vacancy) = (false, false);
    }

    /// Judges one change of this step, once the step is over and [noted](Self::note).
    pub fn s22_choking_changes_at_its_moments(&self, change: &Change) -> Verdict {
        let since = |step: Option<u32>| step.is_some_and(|step| step >= change.since_step);
        let (round, vacancy) = (since(self.last_time_out), since(self.last_vacancy));
        match (change.chokes, change.is_wanted) {
            (true, true) => holds(round, "S22", || "CHOKE of an interested peer, not at a round".into()),
            (true, false) => holds(round || vacancy, "S22", || "CHOKE for no reason".into()),
            (false, _) => holds(round || vacancy, "S22", || "UNCHOKE for no reason".into()),
        }
    }

    /// Judges by what was decided in this step alone whether it was a round, and how long after the last.
    pub fn s22_rounds_are_apart(&mut self, now: Time, own: &Own, change: &Change) -> Verdict {
        let is_round = self.timed_out
            && change.since_step == own.step
            && if change.chokes { change.is_wanted } else { !self.vacancy };
        if !is_round || self.last_round == Some(now) {
            return Ok(());
        }
        let last = self.last_round.replace(now);
        holds(last.is_none_or(|last| now - last >= own.config.choke_interval), "S22", || {
            format!("a round of the choker {:.3} s after the last", (now - last.unwrap_or(now)).as_secs_f64())
        })
    }
}

/// Of those to whom all is said, no more are unchoked and interested than there are slots, where that follows from the
/// configuration. Whom a leecher has unchoked stays so until its first round as a seed.
pub fn s21_slots_are_enough<'a>(own: &Own, all: impl Iterator<Item = &'a Conversation>) -> Verdict {
    let takes_one = |conversation: &&Conversation| {
        conversation.is_drained && !conversation.choking && conversation.peer_interested
    };
    let most = |entry: &Entry| entry.promise.unchoked_max(own.config.upload_slots as usize);
    let leecher = choker::leecher_by_name(&own.config.choker).and_then(most);
    let seed = choker::seed_by_name(&own.config.seed_choker).and_then(most);
    let slots = if own.verified.is_full() { leecher.zip(seed).map(|(a, b)| a.max(b)) } else { leecher };
    let Some(slots) = slots else { return Ok(()) };
    let taken = all.filter(takes_one).count();
    holds(taken <= slots, "S21", || format!("{taken} interested peers are unchoked, with {slots} slots"))
}
