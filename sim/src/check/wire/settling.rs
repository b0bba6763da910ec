//! The end of a step: a client has done everything that followed from what it was given.

use swarmlab_engine::time::Time;

use super::client::{Client, find};
use super::conversation::Conversation;
use super::{announcement, choking, dialling, interest};
use crate::check::judge::Bench;
use crate::network::Network;

impl Client {
    /// The step is over: judges what can be judged only now.
    pub(super) fn settle(&mut self, bench: &mut Bench<'_>) {
        self.moments.note(&self.own);
        for at in 0..self.changes.len() {
            let change = self.changes[at];
            let verdict = self
                .moments
                .s22_choking_changes_at_its_moments(&change)
                .and_then(|()| self.moments.s22_rounds_are_apart(bench.now, &self.own, &change));
            self.report(bench, verdict, Some(change.slot));
        }
        for (connection, breach) in std::mem::take(&mut self.missing) {
            if find(&mut self.conversations, connection).is_some() {
                self.report(bench, Err(breach), Some(connection.slot()));
            }
        }
        if self.has_met {
            let verdict = dialling::s28_connections_are_few_enough(&self.own, self.all());
            self.report(bench, verdict, None);
        }
        self.is_suspect = self.has_left_something_unsaid(bench.now);
        self.end_step();
    }

    fn has_left_something_unsaid(&self, now: Time) -> bool {
        let told_wrong = |slot: &Option<Box<Conversation>>| {
            slot.as_ref()
                .is_some_and(|conversation| interest::s23_interest_is_true(&self.own, conversation).is_err())
        };
        let late = |conversation| {
            announcement::s13_what_was_verified_is_announced_soon(now, &self.own, conversation)
        };
        let interest_is_wrong = match self.has_verified {
            true => self.conversations.iter().any(told_wrong),
            false => self.heard.iter().any(|slot| told_wrong(&self.conversations[*slot])),
        };
        interest_is_wrong
            || (self.slots_moved && choking::s21_slots_are_enough(&self.own, self.all()).is_err())
            || (self.moments.timed_out && self.all().any(|conversation| late(conversation).is_err()))
    }

    /// Judges what a suspect has left unsaid, where it could have said it.
    pub fn look_again(&self, bench: &mut Bench<'_>, network: &Network) {
        let able = || self.all().filter(|conversation| network.send_room(conversation.end) > 0);
        for conversation in able() {
            let verdict = interest::s23_interest_is_true(&self.own, conversation).and_then(|()| {
                announcement::s13_what_was_verified_is_announced_soon(bench.now, &self.own, conversation)
            });
            self.report(bench, verdict, Some(conversation.connection.slot()));
        }
        self.report(bench, choking::s21_slots_are_enough(&self.own, able()), None);
    }

    fn end_step(&mut self) {
        self.own.end_step();
        self.announces.end_step(&self.own);
        self.moments.next();
        self.changes.clear();
        self.heard.clear();
        (self.has_verified, self.has_met, self.slots_moved) = (false, false, false);
    }
}
