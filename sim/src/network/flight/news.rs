//! What a sender learns, and when: acknowledgements, losses, time-outs. It learns by looking, when it has a reason to;
//! a wake-up is scheduled only where it can't go on without.

use swarmlab_engine::time::Time;

use super::losses::Resend;
use super::{Ack, Flight, Transit};
use crate::network::config::NetworkConfig;
use crate::network::pace::{PaceStep, PacesOf};
use crate::network::stream::Direction;

impl Flight {
    /// Lets the sender learn what has reached it by `now`: acknowledgements, news of losses, a time-out.
    pub fn settle(
        &mut self,
        now: Time,
        direction: &mut Direction,
        config: &NetworkConfig,
        mut paces: PacesOf<'_>,
    ) {
        while let Some(&ack) = self.acks.front()
            && ack.at <= now
        {
            self.acks.pop_front();
            self.settle_ack(ack, direction, config);
            if ack.sent_at != Time::NEVER {
                let bytes = ack.bytes;
                paces.note(PaceStep::Acknowledged { bytes }, direction.congestion.window());
            }
        }
        while let Some(losses) = &mut self.losses
            && let Some(report) = losses.reported.pop_front_if(|report| report.at <= now)
        {
            self.pipe -= report.transit.bytes;
            losses.resend.push_back(Resend { index: report.transit.index, bytes: report.transit.bytes });
            if report.transit.number >= self.recovered_before {
                self.recovered_before = self.departures;
                direction.congestion.on_loss(config.mss_bytes);
            }
            let Transit { number, bytes, .. } = report.transit;
            paces.note(PaceStep::Lost { number, bytes }, direction.congestion.window());
        }
        if self.timeout_at(direction).is_some_and(|at| at <= now) {
            let bytes = self.time_out(now, direction, config);
            paces.note(PaceStep::TimedOut { bytes }, direction.congestion.window());
        }
    }

    fn settle_ack(&mut self, ack: Ack, direction: &mut Direction, config: &NetworkConfig) {
        self.outstanding -= ack.advance;
        if ack.sent_at == Time::NEVER {
            return;
        }
        self.pipe -= ack.bytes;
        self.progress_at = ack.at;
        self.backoff = 0;
        direction.round_trip.observe(ack.at - ack.sent_at);
        if (self.recovered_before..self.limited_before).contains(&ack.number) {
            let round_trip = direction.round_trip.smoothed();
            direction.congestion.on_ack(ack.at, ack.bytes, round_trip, config.mss_bytes);
        }
    }

    /// Answers how many bytes it takes for lost.
    fn time_out(&mut self, now: Time, direction: &mut Direction, config: &NetworkConfig) -> u32 {
        let in_pipe = self.pipe;
        let losses = self.losses.get_or_insert_default();
        for lost in losses.dropped.drain(..) {
            self.pipe -= lost.transit.bytes;
            losses.resend.push_back(Resend { index: lost.transit.index, bytes: lost.transit.bytes });
        }
        direction.congestion.on_timeout(self.backoff > 0, config.mss_bytes);
        self.recovered_before = self.departures;
        self.backoff = self.backoff.saturating_add(1);
        self.progress_at = now;
        in_pipe - self.pipe
    }

    /// When the retransmission timer runs out. Only a drop that nothing else will report can get that far, so only a
    /// drop starts it.
    fn timeout_at(&self, direction: &Direction) -> Option<Time> {
        let oldest = self.losses.as_ref()?.dropped.front()?;
        Some(oldest.transit.sent_at.max(self.progress_at) + direction.round_trip.timeout(self.backoff))
    }

    /// The wake-up to schedule, if there is one earlier than those already scheduled.
    pub fn arm_wake(&mut self, now: Time, direction: &Direction) -> Option<Time> {
        let report_at = self.losses().reported.front().map(|report| report.at);
        let wake_at =
            [self.room_at(), report_at, self.timeout_at(direction)].into_iter().flatten().min()?.max(now);
        if self.wake_at <= wake_at {
            return None;
        }
        self.wake_at = wake_at;
        Some(wake_at)
    }

    /// Whether a wake-up at `now` is the one that counts.
    pub fn disarm_wake(&mut self, now: Time) -> bool {
        let counts = self.wake_at == now;
        if counts {
            self.wake_at = Time::NEVER;
        }
        counts
    }

    /// When acknowledgements under way will have ended the shortage, as far as is known.
    fn room_at(&self) -> Option<Time> {
        let mut shortage = self.shortage?;
        for ack in self.acks.iter() {
            shortage.pipe = shortage.pipe.saturating_sub(ack.bytes);
            shortage.outstanding = shortage.outstanding.saturating_sub(ack.advance);
            if shortage.pipe == 0 && shortage.outstanding == 0 {
                return Some(ack.at);
            }
        }
        None
    }

    /// Whether acknowledgements wait at the other side because nothing gets through to this one.
    pub fn is_held(&self) -> bool {
        self.acks.back().is_some_and(|ack| ack.at == Time::NEVER)
    }

    /// Those acknowledgements, and the news of losses with them, arrive `at`, behind those that are on their way.
    pub fn release_held(&mut self, at: Time) {
        let on_its_way = self.acks.iter().rev().find(|ack| ack.at < Time::NEVER);
        let at = on_its_way.map_or(at, |ack| ack.at.max(at));
        let held = self.acks.iter_mut().rev().take_while(|ack| ack.at == Time::NEVER);
        held.for_each(|ack| ack.at = at);
        let reported = self.losses.iter_mut().flat_map(|losses| losses.reported.iter_mut().rev());
        reported.take_while(|report| report.at == Time::NEVER).for_each(|report| report.at = at);
    }

    /// Whether an arrival at the other side may call for a wake-up.
    pub fn awaits_news(&self) -> bool {
        self.shortage.is_some() || !self.losses().reported.is_empty()
    }
}
