//! What happens to a direction at the other side: arrivals, drops, delivery in order.

use bytes::Bytes;
use swarmlab_engine::queue::take_first;
use swarmlab_engine::time::Time;

use super::losses::{Dropped, Report};
use super::{Ack, Advance, Flight, Transit, weight};
use crate::network::config::NetworkConfig;
use crate::network::pipe::Lost;

impl Flight {
    /// Notes what was lost of `transit`: the part that goes on, if any.
    pub fn lose(&mut self, transit: Transit, lost: Lost, config: &NetworkConfig) -> Option<Transit> {
        let bytes = config.payload_of(transit.bytes, lost.packets, lost.with_last);
        self.on_drop(Transit { bytes, ..transit }, lost.with_last);
        let goes_on = lost.packets < config.packets(transit.bytes);
        goes_on.then_some(Transit { bytes: transit.bytes - bytes, ..transit })
    }

    /// This part of a segment was lost; `is_last` if no packet of the same departure came behind it.
    pub fn on_drop(&mut self, transit: Transit, is_last: bool) {
        let lost = Dropped { transit, told_by: transit.number + u32::from(is_last) };
        let dropped = &mut self.begin_losses().dropped;
        let later = dropped.iter().rev().take_while(|other| other.transit.number > transit.number);
        let place = dropped.len() - later.count();
        dropped.insert(place, lost);
    }

    /// A segment arrived, or a part of it. Its acknowledgement reaches the sender at `ack_at`, and with it the news of every drop among
    /// the segments that departed earlier, as selective acknowledgements bring it.
    /// What it makes readable stays here if nobody reads.
    pub fn on_arrival(&mut self, transit: Transit, ack_at: Time, is_read: bool) -> Advance {
        let ack_at = self.acks.back().map_or(ack_at, |previous| previous.at.max(ack_at));
        if let Some(losses) = &mut self.losses {
            while let Some(lost) = losses.dropped.pop_front_if(|lost| lost.told_by <= transit.number) {
                losses.reported.push_back(Report { at: ack_at, transit: lost.transit });
            }
        }
        let place = (transit.index - self.first_segment) as usize;
        self.segments[place].missing -= weight(transit.bytes);
        let mut advance = Advance::default();
        while let Some(&segment) = self.segments.front()
            && segment.missing == 0
        {
            self.segments.pop_front();
            self.first_segment += 1;
            advance.bytes += segment.bytes;
            advance.finished |= segment.bytes == 0;
        }
        if !is_read {
            self.unread.bytes += advance.bytes;
            self.unread.finished |= advance.finished;
            advance = Advance::default();
        }
        let Transit { number, bytes, sent_at, .. } = transit;
        self.acks.push_back(Ack { at: ack_at, sent_at, number, bytes, advance: advance.bytes });
        advance
    }

    /// The application reads what was unread, if anything was. The news of the room reaches the sender at `ack_at`.
    pub fn read_all(&mut self, ack_at: Time) -> Option<Advance> {
        let unread = std::mem::take(&mut self.unread);
        if unread.bytes > 0 {
            let at = self.acks.back().map_or(ack_at, |previous| previous.at.max(ack_at));
            let (sent_at, advance) = (Time::NEVER, unread.bytes);
            self.acks.push_back(Ack { at, sent_at, number: 0, bytes: 0, advance });
        }
        (unread.bytes > 0 || unread.finished).then_some(unread)
    }

    /// Takes at most `bytes` from the front: a whole chunk if it fits.
    pub fn take(&mut self, bytes: u32) -> Option<Bytes> {
        let front = self.chunks.front_mut()?;
        if front.len() <= bytes as usize {
            self.cursor.0 -= 1;
            return take_first(&mut self.chunks);
        }
        if self.cursor.0 == 0 {
            self.cursor.1 -= bytes;
        }
        Some(front.split_to(bytes as usize))
    }
}
