//! What somebody sees who looks at a direction's packets.

use bytes::Bytes;

use super::{Departure, Fin, Flight};

/// What a departure carries.
#[derive(Debug)]
pub(in super::super) struct Tapped {
    /// How many bytes after the first that no application has been given yet.
    pub after: u32,
    /// The bytes; none at the end of the stream.
    pub chunks: Vec<Bytes>,
}

impl Flight {
    /// Bytes that arrived in order and wait for the application to read.
    pub fn unread_bytes(&self) -> u32 {
        self.unread.bytes
    }

    /// Whether everything has arrived, the end of the stream included.
    pub fn has_ended(&self) -> bool {
        self.fin == Fin::Sent && self.segments.is_empty()
    }

    /// What `departure` carries, which has not been counted as sent yet. Of a segment that is sent again in part it is
    /// whole packets: the last ones if the last one is among them, which alone is not full, else the first ones.
    pub fn on_departure(&self, departure: Departure, mss_bytes: u32) -> Tapped {
        let sent =
            |segments: usize| self.segments.iter().take(segments).map(|segment| segment.bytes).sum::<u32>();
        let (before, bytes) = match departure {
            Departure::Again { index, bytes } => {
                let place = (index - self.first_segment) as usize;
                let skipped = if bytes % mss_bytes == 0 { 0 } else { self.segments[place].bytes - bytes };
                (sent(place) + skipped, bytes)
            }
            Departure::Fresh { bytes } => (sent(self.segments.len()), bytes),
            Departure::Fin => (sent(self.segments.len()), 0),
        };
        let after = self.unread.bytes + before;
        Tapped { after, chunks: self.slice(after as usize, bytes as usize) }
    }

    fn slice(&self, mut skip: usize, mut bytes: usize) -> Vec<Bytes> {
        let mut slices = Vec::new();
        for chunk in &self.chunks {
            if bytes == 0 {
                break;
            }
            let from = skip.min(chunk.len());
            let to = chunk.len().min(from + bytes);
            skip -= from;
            bytes -= to - from;
            if to > from {
                slices.push(chunk.slice(from..to));
            }
        }
        slices
    }
}
