//! Telling the others of new pieces, and keeping interest true.

use crate::session::context::Context;
use crate::session::{CloseReason, Output};
use crate::wire::Message;

use super::Torrent;

/// A HAVE that moves nobody waits for so many ticks of a second at most (Transmission: for ten seconds). The fewer packets
/// they need, the less they cost everybody; and four seconds late a count of copies is still good for choosing the rarest.
const HAVE_TICKS: usize = 4;

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
            if peer.have.contains(piece) {
                peer.wanted -= 1;
                peer.allowed_fast_by_peer.remove(piece);
                self.update_interest(cx, at);
            } else if !peer.am_choking || !peer.peer_interested {
                self.wake(cx, at);
            }
        }
    }

    /// HAVE messages that were put off are sent to everybody.
    pub(super) fn flush_haves(&mut self, cx: &mut Context<'_>) {
        self.flush_haves_of(cx, |_| true);
    }

    /// The same with each tick to one peer in so many, in turn.
    pub(super) fn flush_haves_in_turn(&mut self, cx: &mut Context<'_>) {
        let turn = self.ticks as usize % HAVE_TICKS;
        self.flush_haves_of(cx, |at| at % HAVE_TICKS == turn);
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
        let interested = peer.wanted > 0;
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
