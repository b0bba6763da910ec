//! What a direction accepts and sends: the windows, and the cutting of chunks into segments.

use bytes::Bytes;
use swarmlab_engine::time::Time;

use super::{Departure, Fin, Flight, Segment, Shortage, Transit};
use crate::network::config::NetworkConfig;

impl Flight {
    pub fn accept(&mut self, chunk: Bytes) {
        self.unsent += chunk.len() as u32;
        self.chunks.push_back(chunk);
    }

    pub fn accept_end(&mut self) {
        self.fin = Fin::Wanted;
    }

    pub fn unsent(&self) -> u32 {
        self.unsent
    }

    pub fn wants_to_send(&self) -> bool {
        self.unsent > 0 || !self.resend.is_empty() || self.fin == Fin::Wanted
    }

    /// What goes next, `None` if nothing can. Remembers what it is short of, if a window forbids.
    pub fn next_departure(&mut self, congestion_window: u32, config: &NetworkConfig) -> Option<Departure> {
        self.shortage = None;
        if let Some(&index) = self.resend.front() {
            let bytes = self.segment(index).bytes;
            // One segment may always go, even when the window after a time-out is a single packet.
            let over = (self.pipe + bytes).saturating_sub(congestion_window);
            if over == 0 || self.pipe == 0 {
                return Some(Departure::Again { index });
            }
            self.shortage = Some(Shortage { pipe: over, outstanding: 0 });
            return None;
        }
        if self.unsent == 0 {
            return (self.fin == Fin::Wanted).then_some(Departure::Fin);
        }

        let whole = self.cut(config.unit_bytes);
        let congestion_room = congestion_window.saturating_sub(self.pipe);
        let receive_room = config.receive_window_bytes - self.outstanding;
        let room = congestion_room.min(receive_room);
        if whole <= room {
            return Some(Departure::Fresh { bytes: whole });
        }
        // Against silly windows: a part goes only if it is a packet, and a fair part of the window (1.6%), so that a
        // large window isn't used up by small segments.
        let window = congestion_window.min(config.receive_window_bytes);
        let least = whole.min(config.mss_bytes.max(window / 64));
        if room >= least {
            return Some(Departure::Fresh { bytes: self.cut(room) });
        }
        if congestion_room < least {
            self.limited_before = self.departures;
        }
        let pipe = least.saturating_sub(congestion_room);
        let outstanding = least.saturating_sub(receive_room);
        self.shortage = Some(Shortage { pipe, outstanding });
        None
    }

    /// How many bytes from the cursor make the next segment of at most `limit`: whole chunks, unless that leaves it
    /// half empty.
    fn cut(&self, limit: u32) -> u32 {
        let (chunk, offset) = self.cursor;
        let mut bytes = 0_u32;
        let mut skip = offset;
        for chunk in self.chunks.range(chunk..) {
            let more = (chunk.len() - skip) as u32;
            if more > limit - bytes {
                return if bytes >= limit.div_ceil(2) { bytes } else { limit };
            }
            bytes += more;
            skip = 0;
        }
        bytes
    }

    /// Counts the departure as sent.
    pub fn depart(&mut self, now: Time, departure: Departure) -> Transit {
        let (index, bytes) = match departure {
            Departure::Again { index } => {
                self.resend.pop_front();
                (index, self.segment(index).bytes)
            }
            Departure::Fresh { bytes } => {
                self.advance_cursor(bytes);
                self.outstanding += bytes;
                (self.append(bytes), bytes)
            }
            Departure::Fin => {
                self.fin = Fin::Sent;
                (self.append(0), 0)
            }
        };
        let number = self.departures;
        self.departures += 1;
        self.pipe += bytes;
        Transit { index, number, bytes, sent_at: now }
    }

    fn append(&mut self, bytes: u32) -> u32 {
        self.segments.push_back(Segment { bytes, received: false });
        self.first_segment + self.segments.len() as u32 - 1
    }

    fn advance_cursor(&mut self, bytes: u32) {
        self.unsent -= bytes;
        let (mut chunk, mut offset) = self.cursor;
        offset += bytes as usize;
        while let Some(length) = self.chunks.get(chunk).map(Bytes::len)
            && offset >= length
        {
            offset -= length;
            chunk += 1;
        }
        self.cursor = (chunk, offset);
    }
}
