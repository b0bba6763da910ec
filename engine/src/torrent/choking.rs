//! Carrying out what a choker chooses.

use crate::choker::{ChokeView, Suitor};
use crate::pacer::Pacer;
use crate::peer::PeerConnection;
use crate::session::Event;
use crate::session::context::Context;
use crate::wire::Message;

use super::timers::Timer;
use super::{Choker, Torrent};

impl Torrent {
    /// A round of the choker: every ten seconds.
    pub(super) fn choke_round(&mut self, cx: &mut Context<'_>) {
        self.timers.set(Timer::Choke, Some(cx.now + self.config.choke_interval));
        let rounds =
            self.config.optimistic_interval.div_duration_f64(self.config.choke_interval).round() as u32;
        self.choke_rounds += 1;
        let rotate_optimistic = self.choke_rounds.is_multiple_of(rounds.max(1));
        self.uplink.end_round(cx.now, self.totals.uploaded);
        let suitors = self.suitors();
        let view = self.choke_view(cx, &suitors, rotate_optimistic);
        let choice = self.choker_at_work().round(&view, cx.rng);
        let all = self.everybody();
        for at in all {
            let number = at as u32;
            self.peers[at].optimistic = choice.optimistic == Some(number);
            self.set_choking(cx, at, !choice.unchoked.contains(&number));
            self.set_limit(cx, at);
            self.peers[at].downloaded.end_round();
            self.peers[at].uploaded.end_round();
        }
    }

    /// INTERESTED or NOT_INTERESTED: a free slot is given at once, and not kept for those who don't want it.
    pub(super) fn hear_interest(&mut self, cx: &mut Context<'_>, at: usize, interested: bool) {
        let peer = &mut self.peers[at];
        if peer.peer_interested == interested {
            return;
        }
        peer.peer_interested = interested;
        if !interested {
            self.set_choking(cx, at, true);
        }
        self.fill_vacancies(cx);
    }

    /// Gives free slots to those who wait.
    pub(super) fn fill_vacancies(&mut self, cx: &mut Context<'_>) {
        while self.is_running() && (self.unchoked as usize) < self.slots() {
            let suitors = self.suitors();
            let view = self.choke_view(cx, &suitors, false);
            let Some(chosen) = self.choker_at_work().vacancy(&view, cx.rng) else { return };
            self.set_choking(cx, chosen as usize, false);
            self.set_limit(cx, chosen as usize);
        }
    }

    /// How many may be unchoked until the next round.
    pub(super) fn slots(&self) -> usize {
        let choker = if self.is_finished() { &self.seed_choker } else { &self.choker };
        choker.slots(self.config.upload_slots as usize)
    }

    fn choker_at_work(&mut self) -> &mut dyn Choker {
        if self.is_finished() { &mut *self.seed_choker } else { &mut *self.choker }
    }

    fn choke_view<'a>(
        &self,
        cx: &Context<'_>,
        suitors: &'a [Suitor],
        rotate_optimistic: bool,
    ) -> ChokeView<'a> {
        ChokeView {
            now: cx.now,
            slots: self.config.upload_slots as usize,
            suitors,
            rotate_optimistic,
            interval: self.config.choke_interval,
            uplink_bytes_per_s: self.uplink.bytes_per_s(),
            is_backed_up: self.is_backed_up(cx),
            torrent_bytes: self.geometry().total_length,
        }
    }

    /// There is a block for somebody, nothing but its socket holds it back, and the driver knows of it.
    fn is_backed_up(&self, cx: &Context<'_>) -> bool {
        let is_full = |peer: &PeerConnection| {
            peer.ready && peer.serve.is_ready() && self.may_send_at(cx, peer) <= cx.now
        };
        self.peers.iter().any(|(_, peer)| is_full(peer))
    }

    fn suitors(&self) -> Vec<Suitor> {
        let piece_bytes = u64::from(self.geometry().piece_length);
        let interested = self.peers.iter().filter(|(_, peer)| peer.is_established() && peer.peer_interested);
        interested
            .map(|(at, peer)| Suitor {
                peer: at as u32,
                unchoked: !peer.am_choking,
                optimistic: peer.optimistic,
                unchokes_us: !peer.peer_choking,
                interests_us: peer.am_interested,
                snubs_us: peer.pipeline.is_snubbed(),
                downloaded_bytes: peer.downloaded.recent(),
                downloaded_in_round_bytes: peer.downloaded.in_round(),
                uploaded_bytes: peer.uploaded.recent(),
                uploaded_in_round_bytes: peer.uploaded.in_round(),
                uploaded_in_all_bytes: peer.uploaded.total(),
                held_bytes: u64::from(peer.have.len()) * piece_bytes,
                connected_at: peer.since,
                changed_at: peer.choke_changed,
            })
            .collect()
    }

    /// Holds a peer to the limit of its choker, if there is one.
    fn set_limit(&mut self, cx: &mut Context<'_>, at: usize) {
        let limit = self.choker_at_work().limit(at as u32);
        let peer = &mut self.peers[at];
        let was_limited = peer.pacer.is_some();
        match (&mut peer.pacer, limit.filter(|_| !peer.am_choking)) {
            (Some(pacer), Some(bytes_per_s)) => pacer.set(bytes_per_s, cx.now),
            (pacer, limit) => {
                *pacer = limit.map(|bytes_per_s| Box::new(Pacer::new(bytes_per_s, cx.now)));
            }
        }
        if was_limited && peer.serve.is_ready() {
            self.wake(cx, at);
        }
    }

    fn set_choking(&mut self, cx: &mut Context<'_>, at: usize, choking: bool) {
        let peer = &mut self.peers[at];
        if peer.am_choking == choking {
            return;
        }
        peer.am_choking = choking;
        peer.choke_changed = cx.now;
        peer.optimistic &= !choking;
        if choking {
            self.unchoked -= 1;
            self.let_finish(at);
        } else {
            self.unchoked += 1;
            peer.floods = 0;
        }
        let peer = &mut self.peers[at];
        peer.say(if choking { &Message::Choke } else { &Message::Unchoke });
        cx.event(Event::Choking { torrent: self.key, connection: peer.id, choking });
        if choking {
            peer.pacer = None;
            let allowed = std::mem::take(&mut peer.aside.allowed_fast_by_us);
            let dropped = peer.serve.drop_except(|request| allowed.contains(&request.piece));
            peer.aside.allowed_fast_by_us = allowed;
            if peer.fast {
                dropped.into_iter().for_each(|request| peer.say(&Message::RejectRequest(request)));
            }
            self.peers[at].suggestions.choked();
            self.read_ahead(cx, at);
        } else {
            self.suggest_more(cx, at);
        }
        self.wake(cx, at);
    }
}
