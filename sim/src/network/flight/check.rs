//! The scoreboard, counted again from scratch.

use std::collections::BTreeMap;

use swarmlab_engine::time::Time;

use super::{Ack, Flight, OnWire, Transit, weight};
use crate::network::config::NetworkConfig;

impl Flight {
    /// `inbound` are the segments of this direction in the queues of shared links and of the other side's downlink, `pending` the bytes accepted and not
    /// delivered. The error says what is wrong.
    pub fn check(&self, inbound: &[Transit], pending: u64, config: &NetworkConfig) -> Result<(), String> {
        let buffered: usize = self.chunks.iter().map(|chunk| chunk.len()).sum();
        expect("chunks hold what was accepted and not delivered", buffered as u64, pending)?;

        let (chunk, offset) = self.cursor;
        let beyond: usize = self.chunks.range(chunk as usize..).map(|chunk| chunk.len()).sum();
        expect("unsent bytes", u64::from(self.unsent), (beyond - offset as usize) as u64)?;
        let sent: u64 = self.segments.iter().map(|segment| u64::from(segment.bytes)).sum();
        let unread = u64::from(self.unread.bytes);
        expect(
            "unread, sent and unsent make the buffer",
            unread + sent + u64::from(self.unsent),
            buffered as u64,
        )?;
        at_most("the send buffer", self.unsent, config.send_buffer_bytes)?;

        let acknowledging: u64 = self.acks.iter().map(|ack| u64::from(ack.advance)).sum();
        expect("outstanding bytes", u64::from(self.outstanding), unread + sent + acknowledging)?;
        at_most("the receive window", self.outstanding, config.receive_window_bytes)?;

        self.check_whereabouts(inbound)?;
        if !self.losses().dropped.iter().is_sorted_by_key(|lost| lost.transit.number) {
            return Err("losses are noted out of order".into());
        }
        let on_wire_in_order = self.on_wire.iter().is_sorted_by_key(|&OnWire { last_at, .. }| last_at);
        let acks_in_order = self.acks.iter().is_sorted_by_key(|&Ack { at, .. }| at);
        if !on_wire_in_order || !acks_in_order {
            return Err("arrivals or acknowledgements overtake each other".into());
        }
        Ok(())
    }

    /// What is missing of each segment is in exactly one place; and the pipe is the sum of what the sender thinks is in it.
    fn check_whereabouts(&self, inbound: &[Transit]) -> Result<(), String> {
        let under_way = self.on_wire.iter().map(|on_wire| on_wire.transit).chain(inbound.iter().copied());
        let dropped = self.losses().dropped.iter().map(|lost| lost.transit);
        let lost = dropped.chain(self.losses().reported.iter().map(|report| report.transit));
        let in_pipe: Vec<Transit> = under_way.chain(lost).collect();
        let acknowledging = self.acks.iter().map(|ack| ack.bytes);
        let pipe: u64 = in_pipe.iter().map(|transit| transit.bytes).chain(acknowledging).map(u64::from).sum();
        expect("the pipe", u64::from(self.pipe), pipe)?;

        let mut places: BTreeMap<u32, u32> = BTreeMap::new();
        let in_pipe = in_pipe.iter().map(|transit| (transit.index, transit.bytes));
        for (index, bytes) in
            in_pipe.chain(self.losses().resend.iter().map(|again| (again.index, again.bytes)))
        {
            *places.entry(index).or_default() += weight(bytes);
        }
        for (index, segment) in (self.first_segment..).zip(self.segments.iter()) {
            let found = u64::from(places.remove(&index).unwrap_or(0));
            expect("what is missing of a segment", found, segment.missing.into())?;
        }
        expect("segments that don't exist", places.len() as u64, 0)
    }

    /// Whether nothing will happen to it without anybody's doing: a wake-up, an arrival.
    pub fn is_stalled(&self, inbound: &[Transit], is_read: bool) -> bool {
        let is_moving =
            self.in_ring || self.wake_at != Time::NEVER || !self.on_wire.is_empty() || !inbound.is_empty();
        is_read && !self.is_delivered() && !is_moving && !self.is_held()
    }
}

fn expect(what: &str, found: u64, expected: u64) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found}, counted {expected}")) }
}

fn at_most(what: &str, found: u32, limit: u32) -> Result<(), String> {
    if found <= limit { Ok(()) } else { Err(format!("{what}: {found}, over {limit}")) }
}
