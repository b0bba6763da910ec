//! What a direction accepts and sends: the windows, and the cutting of chunks into segments.

use std::time::Duration;

use bytes::Bytes;
use swarmlab_engine::time::Time;

use super::losses::Resend;
use super::{Departure, Fin, Flight, OnWire, Segment, Shortage, Transit, weight};
use crate::network::config::NetworkConfig;
use crate::network::pipe::Rescale;

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
        self.unsent > 0 || !self.losses().resend.is_empty() || self.fin == Fin::Wanted
    }

    /// What goes next, `None` if nothing can. Remembers what it is short of, if a window forbids.
    pub fn next_departure(&mut self, congestion_window: u32, config: &NetworkConfig) -> Option<Departure> {
        self.shortage = None;
        let congestion_room = congestion_window.saturating_sub(self.pipe);
        if let Some(&Resend { index, bytes }) = self.losses().resend.front() {
            let pipe = self.missing_in_pipe(bytes, congestion_room);
            if pipe == 0 {
                let packets = (congestion_room / config.mss_bytes).max(1);
                let first = if self.pipe == 0 { packets.saturating_mul(config.mss_bytes) } else { bytes };
                return Some(Departure::Again { index, bytes: bytes.min(first) });
            }
            self.limited_before = self.departures;
            self.shortage = Some(Shortage { pipe, outstanding: 0 });
            return None;
        }
        if self.unsent == 0 {
            return (self.fin == Fin::Wanted).then_some(Departure::Fin);
        }

        let whole = self.cut(config.unit_bytes);
        let pipe = self.missing_in_pipe(whole, congestion_room);
        let receive_room = config.receive_window_bytes - self.outstanding;
        let outstanding = least_part(whole, config).saturating_sub(receive_room);
        if pipe == 0 && outstanding == 0 {
            let first = if self.pipe == 0 { congestion_room } else { whole };
            let room = first.min(receive_room);
            let bytes = if whole <= room { whole } else { self.cut(room) };
            return Some(Departure::Fresh { bytes });
        }
        if pipe > 0 {
            self.limited_before = self.departures;
        }
        self.shortage = Some(Shortage { pipe, outstanding });
        None
    }

    /// Bytes that must leave the pipe before a segment of `bytes` may enter. The congestion window is rounded to whole
    /// segments, down or up: cutting them to fit it would leave small segments in circulation. The first one always
    /// goes.
    fn missing_in_pipe(&self, bytes: u32, congestion_room: u32) -> u32 {
        bytes.div_ceil(2).saturating_sub(congestion_room).min(self.pipe)
    }

    /// How many bytes from the cursor make the next segment of at most `limit`: whole chunks, unless that leaves it
    /// half empty.
    fn cut(&self, limit: u32) -> u32 {
        let (chunk, offset) = self.cursor;
        let mut bytes = 0_u32;
        let mut skip = offset;
        for chunk in self.chunks.range(chunk as usize..) {
            let more = chunk.len() as u32 - skip;
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
            Departure::Again { index, bytes } => {
                self.take_from_resend(bytes);
                (index, bytes)
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

    /// Puts what leaves the uplink between `first` and `last` on the wire, behind what is there: when it arrives.
    pub fn put_on_wire(&mut self, first: Time, last: Time, delay: Duration, transit: Transit) -> Time {
        let (mut first_at, mut last_at) = (first + delay, last + delay);
        if let Some(previous) = self.on_wire.back() {
            first_at = first_at.max(previous.first_at);
            last_at = last_at.max(previous.last_at);
        }
        self.on_wire.push_back(OnWire { first_at, last_at, left_at: last, transit });
        last_at
    }

    /// The uplink's rate has changed while some of this had not left it: when the first now arrives, if that is another
    /// time than before.
    pub fn rescale_wire(&mut self, rescale: Rescale) -> Option<Time> {
        let head_at = self.on_wire.front()?.last_at;
        let mut previous_at = Time::ZERO;
        for on_wire in self.on_wire.iter_mut() {
            let delay = on_wire.last_at - on_wire.left_at;
            let first_left_at =
                Time::from_nanos(on_wire.first_at.as_nanos().saturating_sub(delay.as_nanos() as u64));
            on_wire.left_at = rescale.moment(on_wire.left_at);
            on_wire.last_at = previous_at.max(on_wire.left_at + delay);
            on_wire.first_at = on_wire.last_at.min(rescale.moment(first_left_at) + delay);
            previous_at = on_wire.last_at;
        }
        let new_head_at = self.on_wire.front()?.last_at;
        (new_head_at != head_at).then_some(new_head_at)
    }

    fn append(&mut self, bytes: u32) -> u32 {
        self.segments.push_back(Segment { bytes, missing: weight(bytes) });
        self.first_segment + self.segments.len() as u32 - 1
    }

    fn take_from_resend(&mut self, bytes: u32) {
        let resend = &mut self.begin_losses().resend;
        if let Some(first) = resend.front_mut() {
            first.bytes -= bytes;
            if first.bytes == 0 {
                resend.pop_front();
            }
        }
    }

    fn advance_cursor(&mut self, bytes: u32) {
        self.unsent -= bytes;
        let (mut chunk, mut offset) = self.cursor;
        offset += bytes;
        while let Some(length) = self.chunks.get(chunk as usize).map(|chunk| chunk.len() as u32)
            && offset >= length
        {
            offset -= length;
            chunk += 1;
        }
        self.cursor = (chunk, offset);
    }
}

/// Against silly windows: a part of a segment fills the receive window up only if it is a packet, and a fair part
/// (1.6%) of that window.
fn least_part(whole: u32, config: &NetworkConfig) -> u32 {
    whole.min(config.mss_bytes.max(config.receive_window_bytes / 64))
}
