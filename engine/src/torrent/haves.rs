//! Telling the others of new pieces, and keeping interest true.

use std::time::Duration;

use crate::session::context::Context;
use crate::session::{CloseReason, Output};
use crate::time::Time;
use crate::wire::Message;

use super::Torrent;

/// A HAVE that moves nobody waits for so long at most (Transmission: ten seconds). The fewer packets they need, the less
/// they cost everybody; and four seconds late a count of copies is still good for choosing the rarest.
const HAVE_WAIT: Duration = Duration::from_secs(4);
/// The peers are told in so many parts, one with each tick, so that not all packets leave at once.
const PARTS: usize = 4;

/// When each part of the peers is told next of what it has not been told.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct HaveTurns {
    due: [Time; PARTS],
}

impl HaveTurns {
    /// One part after the other, from the first tick on.
    pub fn begin(&mut self, first: Time, tick: Duration) {
        let turns = std::iter::successors(Some(first), |at| Some(*at + tick));
        self.due.iter_mut().zip(turns).for_each(|(due, at)| *due = at);
    }

    /// Whose turn it is, by part: more than one part after a time in which nothing could be done.
    fn take_due(&mut self, now: Time) -> [bool; PARTS] {
        self.due.each_mut().map(|due| {
            let is_due = *due <= now;
            *due = if is_due { now + HAVE_WAIT } else { *due };
            is_due
        })
    }
}

impl Torrent {
    /// There is something to send.
    pub(super) fn wake(&mut self, cx: &mut Context<'_>, at: usize) {
        let peer = &mut self.peers[at];
        if !peer.ready {
            peer.ready = true;
            cx.outputs.push_back(Output::Ready { connection: peer.id });
        }
    }

    /// A piece has been verified. Those are told at once whom it moves to do something: who lacks it, and may request
    /// it now, or has wanted nothing of us so far. The others are told together with whatever we send them next, at the
    /// latest four seconds later.
    pub(super) fn say_have(&mut self, cx: &mut Context<'_>, piece: u32) {
        let all = self.everybody();
        for at in all {
            let peer = &mut self.peers[at];
            let may_act = !peer.am_choking || !peer.peer_interested;
            // Of most peers it does not matter, and they are many: then it is not looked at.
            let has_it = (may_act || peer.grants_any()) && peer.have.contains(piece);
            if has_it {
                peer.revoke(piece);
            }
            if peer.lacks_one_less(self.pieces.settled()) {
                self.update_interest(cx, at);
            }
            if may_act && !has_it {
                self.wake(cx, at);
            }
        }
    }

    /// HAVE messages that were put off are sent to everybody.
    pub(super) fn flush_haves(&mut self, cx: &mut Context<'_>) {
        self.flush_haves_of(cx, |_| true);
    }

    /// The same to those whose turn it is.
    pub(super) fn flush_haves_in_turn(&mut self, cx: &mut Context<'_>) {
        let is_due = self.have_turns.take_due(cx.now);
        self.flush_haves_of(cx, |at| is_due[at % PARTS]);
    }

    fn flush_haves_of(&mut self, cx: &mut Context<'_>, is_meant: impl Fn(usize) -> bool) {
        let verified = self.pieces.verified().len() as u32;
        let is_behind = |at: &usize| is_meant(*at) && self.peers[*at].haves_said < verified;
        let behind: Vec<usize> = self.established().filter(is_behind).collect();
        behind.into_iter().for_each(|at| self.wake(cx, at));
    }

    /// Says INTERESTED or NOT_INTERESTED where that has changed.
    pub(super) fn update_interest(&mut self, cx: &mut Context<'_>, at: usize) {
        let peer = &mut self.peers[at];
        let interested = peer.wanted_at_least > 0;
        if interested != peer.am_interested {
            peer.am_interested = interested;
            peer.say(if interested { &Message::Interested } else { &Message::NotInterested });
            self.wake(cx, at);
        }
    }

    /// We have everything that we want, and some peers everything: there is nothing to do for each other.
    pub(super) fn part_from_seeds(&mut self, cx: &mut Context<'_>) {
        let seeds: Vec<usize> = self.established().filter(|at| self.peers[*at].have.is_full()).collect();
        seeds.into_iter().for_each(|at| self.part(cx, at, CloseReason::BothSeeds));
    }
}
