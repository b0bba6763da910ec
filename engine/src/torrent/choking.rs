//! Carrying out what a choker chooses.

use crate::choker::{ChokeView, Suitor};
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
        let suitors = self.suitors();
        let view = self.choke_view(cx, &suitors, rotate_optimistic);
        let choice = self.current_choker().round(&view, cx.rng);
        let all: Vec<usize> = self.established().collect();
        for at in all {
            let number = at as u32;
            self.peers[at].optimistic = choice.optimistic == Some(number);
            self.set_choking(cx, at, !choice.unchoked.contains(&number));
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
        while self.is_running() && self.unchoked() < self.config.upload_slots as usize {
            let suitors = self.suitors();
            let view = self.choke_view(cx, &suitors, false);
            let Some(chosen) = self.current_choker().vacancy(&view, cx.rng) else { return };
            self.set_choking(cx, chosen as usize, false);
        }
    }

    fn unchoked(&self) -> usize {
        self.peers.iter().filter(|(_, peer)| !peer.am_choking).count()
    }

    fn current_choker(&self) -> &dyn Choker {
        if self.is_seed() { &*self.seed_choker } else { &*self.choker }
    }

    fn choke_view<'a>(
        &self,
        cx: &Context<'_>,
        suitors: &'a [Suitor],
        rotate_optimistic: bool,
    ) -> ChokeView<'a> {
        ChokeView { now: cx.now, slots: self.config.upload_slots as usize, suitors, rotate_optimistic }
    }

    fn suitors(&self) -> Vec<Suitor> {
        let interested = self.peers.iter().filter(|(_, peer)| peer.is_established() && peer.peer_interested);
        interested
            .map(|(at, peer)| Suitor {
                peer: at as u32,
                unchoked: !peer.am_choking,
                optimistic: peer.optimistic,
                snubs_us: peer.pipeline.is_snubbed(),
                downloaded_bytes: peer.downloaded.recent(),
                uploaded_bytes: peer.uploaded.recent(),
                connected_at: peer.since,
                changed_at: peer.choke_changed,
            })
            .collect()
    }

    fn set_choking(&mut self, cx: &mut Context<'_>, at: usize, choking: bool) {
        let peer = &mut self.peers[at];
        if peer.am_choking == choking {
            return;
        }
        peer.am_choking = choking;
        peer.choke_changed = cx.now;
        peer.optimistic &= !choking;
        if !choking {
            peer.floods = 0;
        }
        if choking {
            self.let_finish(at);
        }
        let peer = &mut self.peers[at];
        peer.say(if choking { &Message::Choke } else { &Message::Unchoke });
        if choking {
            let allowed = std::mem::take(&mut peer.allowed_fast_by_us);
            let dropped = peer.serve.drop_except(|request| allowed.contains(&request.piece));
            peer.allowed_fast_by_us = allowed;
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
