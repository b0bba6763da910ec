//! What happens to a direction at the other side: arrivals, drops, delivery in order.

use bytes::Bytes;
use swarmlab_engine::time::Time;

use super::{Ack, Advance, Flight, Report, Transit};

impl Flight {
    /// The other side's downlink dropped this segment.
    pub fn on_drop(&mut self, transit: Transit) {
        self.dropped.push_back(transit);
    }

    /// A segment arrived. Its acknowledgement reaches the sender at `ack_at`, and with it the news of every drop among
    /// the segments that departed earlier, as selective acknowledgements bring it.
    pub fn on_arrival(&mut self, transit: Transit, ack_at: Time) -> Advance {
        while let Some(&lost) = self.dropped.front()
            && lost.number < transit.number
        {
            self.dropped.pop_front();
            self.reported.push_back(Report { at: ack_at, transit: lost });
        }
        let place = (transit.index - self.first_segment) as usize;
        self.segments[place].received = true;
        let mut advance = Advance { bytes: 0, finished: false };
        while let Some(&segment) = self.segments.front()
            && segment.received
        {
            self.segments.pop_front();
            self.first_segment += 1;
            advance.bytes += segment.bytes;
            advance.finished |= segment.bytes == 0;
        }
        self.acks.push_back(Ack { at: ack_at, advance: advance.bytes, transit });
        advance
    }

    /// Takes at most `bytes` from the front: a whole chunk if it fits.
    pub fn take(&mut self, bytes: u32) -> Option<Bytes> {
        let front = self.chunks.front_mut()?;
        if front.len() <= bytes as usize {
            self.cursor.0 -= 1;
            return self.chunks.pop_front();
        }
        if self.cursor.0 == 0 {
            self.cursor.1 -= bytes as usize;
        }
        Some(front.split_to(bytes as usize))
    }
}
