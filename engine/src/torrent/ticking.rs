//! Once a second: rates, time-outs, and whatever was left for later.

use std::time::Duration;

use crate::metainfo::BLOCK_BYTES;
use crate::peer::request_pipeline::PATIENCE_MAX;
use crate::peer::{Debt, RequestPipeline, Stage};
use crate::random::below;
use crate::session::CloseReason;
use crate::session::context::Context;
use crate::wire::Message;

use super::Torrent;
use super::timers::Timer;

const TICK: Duration = Duration::from_secs(1);
/// From the dial to the open stream, and again from there to the end of the handshake (libtorrent: 15 s and 10 s).
pub(crate) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(20);
/// Silence after which a sign of life is sent (BEP 3: two minutes are usual).
const KEEP_ALIVE: Duration = Duration::from_secs(100);
/// Silence after which a peer is given up: a keep-alive every two minutes must be enough.
const IDLE_TIMEOUT: Duration = Duration::from_secs(180);

impl Torrent {
    /// The first tick and round come at a moment of their own, so that clients that start together don't act together.
    pub(super) fn start_timers(&mut self, cx: &mut Context<'_>) {
        let mut phase = |span: Duration| Duration::from_millis(below(cx.rng, span.as_millis() as u32).into());
        let (tick, round) = (phase(TICK), phase(self.config.choke_interval));
        if !self.timers.is_set(Timer::Tick) {
            self.timers.set(Timer::Tick, Some(cx.now + tick));
        }
        self.have_turns.begin(cx.now + tick, TICK);
        self.timers.set(Timer::Choke, Some(cx.now + round));
    }

    /// While the metadata are fetched there are ticks, and no rounds.
    pub(super) fn start_ticking(&mut self, cx: &mut Context<'_>) {
        let tick = Duration::from_millis(below(cx.rng, TICK.as_millis() as u32).into());
        self.timers.set(Timer::Tick, Some(cx.now + tick));
    }

    pub(super) fn tick(&mut self, cx: &mut Context<'_>) {
        self.timers.set(Timer::Tick, Some(cx.now + TICK));
        let patience = self.patience();
        let all: Vec<usize> = self.peers.iter().map(|(at, _)| at).collect();
        for at in all {
            // Closing one may close another.
            if self.peers.contains(at) {
                self.tick_peer(cx, at, patience);
            }
        }
        self.seek_on(cx);
        self.flush_haves_in_turn(cx);
        self.tick_super_seeding(cx);
        self.dial(cx);
    }

    /// How long to wait for a block before its sender counts as snubbing us. Where so much is on its way from everybody
    /// that our own link needs longer for it, nobody else is to blame.
    fn patience(&self) -> Duration {
        let pipelines = || self.peers.iter().map(|(_, peer)| &peer.pipeline);
        let owed_bytes = pipelines().map(|pipeline| pipeline.outstanding().len()).sum::<usize>() as f64
            * f64::from(BLOCK_BYTES);
        let bytes_per_s: f64 = pipelines().map(RequestPipeline::bytes_per_s).sum();
        let needed_s = if bytes_per_s > 0.0 { 2.0 * owed_bytes / bytes_per_s } else { 0.0 };
        self.config.snub_timeout.max(Duration::from_secs_f64(needed_s.min(PATIENCE_MAX.as_secs_f64())))
    }

    fn tick_peer(&mut self, cx: &mut Context<'_>, at: usize, patience: Duration) {
        let peer = &mut self.peers[at];
        if peer.stage != Stage::Established {
            if cx.now - peer.since >= HANDSHAKE_TIMEOUT {
                self.part(cx, at, CloseReason::HandshakeTimeout);
            }
            return;
        }
        if cx.now - peer.last_received >= IDLE_TIMEOUT {
            return self.part(cx, at, CloseReason::Idle);
        }
        if cx.now - peer.last_sent >= KEEP_ALIVE && peer.outbox.is_empty() {
            peer.say(&Message::KeepAlive);
            self.wake(cx, at);
        }
        self.tell_of_peers(cx, at);
        self.peers[at].rest();
        match self.peers[at].pipeline.tick(cx.now, TICK, patience) {
            Debt::Bearable => self.request_more(cx, at),
            Debt::Overdue => {
                self.totals.snubs += 1;
                self.take_back_requests(cx, at);
                self.request_more_everywhere(cx);
            }
            Debt::OverdueAgain => self.pass_on_requests(cx, at),
        }
    }
}
