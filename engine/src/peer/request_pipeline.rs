//! What we have asked a peer for, and how much to ask for ahead.
//!
//! The depth follows what the connection carries: it doubles each round trip as long as the measured rate grows (slow
//! start), and is then the bandwidth-delay product and a little more. Too shallow, and the link runs dry between a
//! block and the next request; too deep, and choices are made earlier than they need to be.

mod cancelled;
mod recount;

use std::collections::VecDeque;
use std::time::Duration;

use crate::metainfo::BLOCK_BYTES;
use crate::time::Time;

use cancelled::Cancelled;

/// Requests in flight at most, whatever the peer bears (libtorrent's max_out_request_queue: 500).
pub const REQUESTS_MAX: u32 = 500;
/// What a peer is taken to bear that says nothing (no `reqq`).
pub const REQUESTS_DEFAULT: u32 = 250;
/// Requests in flight at the start.
const DEPTH_START: u16 = 4;
/// Requests in flight at least, so that the sender always knows the next one (libtorrent: 2).
const DEPTH_MIN: u32 = 2;
/// Beyond two round trips, so much of the measured rate is asked for: it bridges the pauses of a sender that serves
/// several peers in turn.
const QUEUE_SPAN: Duration = Duration::from_millis(500);
/// Slow start ends when a second brings less than this share more than the one before.
const GROWTH_MIN: f64 = 1.1;

/// The longest wait for a block (libtorrent's request time-out: 60 s).
pub const PATIENCE_MAX: Duration = Duration::from_secs(60);
/// After rejections with no block between them the rest is doubled so often at most: to 32 s.
const REST_DOUBLINGS_MAX: u8 = 5;

/// What a tick finds out about a peer that owes us blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Debt {
    /// It owes nothing, or not for long.
    Bearable,
    /// It has just been found to snub us: none has come for as long as our patience lasts.
    Overdue,
    /// It snubs us, and what it was left with has not come for as long again.
    OverdueAgain,
}

/// One block asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outstanding {
    /// The piece's index.
    pub piece: u32,
    /// The block's index in the piece.
    pub block: u32,
    /// When it was asked for.
    pub sent: Time,
}

/// Requests in flight to one peer.
#[derive(Clone, Debug)]
pub struct RequestPipeline {
    outstanding: VecDeque<Outstanding>,
    /// Cancelled, or dropped by the peer, but the block may be on its way, and with the fast extension an answer is owed.
    cancelled: Option<Box<Cancelled>>,
    bytes_per_s: f64,
    bytes_since_tick: u32,
    depth: u16,
    depth_max: u16,
    round_trip_min_nanos: u64,
    last_progress: Time,
    last_piece: Option<u32>,
    slow_start: bool,
    snubbed: bool,
    /// A block came after it had been given up: it takes longer here than we were willing to wait.
    is_slow: bool,
    /// Ticks for which nothing is asked for.
    rest_ticks: u8,
    /// Rests for rejections since a block came.
    rests: u8,
}

impl Default for RequestPipeline {
    fn default() -> Self {
        RequestPipeline {
            outstanding: VecDeque::new(),
            cancelled: None,
            bytes_per_s: 0.0,
            bytes_since_tick: 0,
            depth: DEPTH_START,
            depth_max: REQUESTS_DEFAULT as u16,
            round_trip_min_nanos: u64::MAX,
            last_progress: Time::ZERO,
            last_piece: None,
            slow_start: true,
            snubbed: false,
            is_slow: false,
            rest_ticks: 0,
            rests: 0,
        }
    }
}

impl RequestPipeline {
    /// How many more blocks to ask for now: none, until half of the depth is free. Requests travel together then,
    /// which saves packets and wake-ups on both sides; the other half still covers a round trip.
    pub fn room(&self) -> u32 {
        if self.rest_ticks > 0 {
            return 0;
        }
        let depth = u32::from(if self.snubbed { 1 } else { self.depth.min(self.depth_max) });
        let room = depth.saturating_sub(self.outstanding.len() as u32);
        if room < depth / 2 { 0 } else { room }
    }

    /// Gives its memory back if nothing is asked for.
    pub fn rest(&mut self) {
        if self.outstanding.is_empty() {
            self.outstanding = VecDeque::new();
        }
        self.cancelled.take_if(|cancelled| cancelled.len() == 0);
    }

    /// Blocks asked for, oldest first.
    pub fn outstanding(&self) -> &VecDeque<Outstanding> {
        &self.outstanding
    }

    /// Is this block asked for?
    pub fn contains(&self, piece: u32, block: u32) -> bool {
        self.find(piece, block).is_some()
    }

    /// The piece asked for last.
    pub fn last_piece(&self) -> Option<u32> {
        self.last_piece
    }

    /// The peer owes us blocks and doesn't send them.
    pub fn is_snubbed(&self) -> bool {
        self.snubbed
    }

    /// Payload rate of the last seconds, bytes/s.
    pub fn bytes_per_s(&self) -> f64 {
        self.bytes_per_s
    }

    /// The peer bears so many requests (BEP 10's `reqq`).
    pub fn limit(&mut self, requests: u32) {
        self.depth_max = requests.clamp(1, REQUESTS_MAX) as u16;
    }

    /// The peer has unchoked us: its rate is unknown again. What it has owed us since before (with the fast extension a
    /// choke takes nothing back) it owes us still, or one that chokes and unchokes could keep a block for ever.
    pub fn start(&mut self) {
        self.depth = DEPTH_START;
        self.slow_start = true;
        self.snubbed &= !self.outstanding.is_empty();
        (self.rest_ticks, self.rests) = (0, 0);
        self.bytes_since_tick = 0;
    }

    /// A block is asked for.
    pub fn push(&mut self, piece: u32, block: u32, now: Time) {
        if self.outstanding.is_empty() {
            self.last_progress = now;
        }
        self.outstanding.push_back(Outstanding { piece, block, sent: now });
        self.last_piece = Some(piece);
    }

    /// A block came; false if it was not asked for.
    pub fn arrive(&mut self, piece: u32, block: u32, bytes: u32, now: Time) -> bool {
        let Some(at) = self.find(piece, block) else { return false };
        let Some(request) = self.outstanding.remove(at) else { return false };
        self.round_trip_min_nanos = self.round_trip_min_nanos.min((now - request.sent).as_nanos() as u64);
        self.bytes_since_tick = self.bytes_since_tick.saturating_add(bytes);
        self.last_progress = now;
        (self.snubbed, self.rests) = (false, 0);
        if self.slow_start {
            self.depth = (self.depth + 1).min(REQUESTS_MAX as u16);
        }
        true
    }

    /// We don't want the block any more; false if it was not asked for.
    pub fn cancel(&mut self, piece: u32, block: u32) -> bool {
        let found = self.find(piece, block).and_then(|at| self.outstanding.remove(at)).is_some();
        if found {
            self.cancelled.get_or_insert_default().push(piece, block);
        }
        found
    }

    /// The answer to a request that was cancelled; false if there was none.
    pub fn settle_cancelled(&mut self, piece: u32, block: u32) -> bool {
        self.cancelled.as_mut().is_some_and(|cancelled| cancelled.settle(piece, block))
    }

    /// A block that was cancelled has come. From one that snubs us it was one that we had given up: the peer is slow, not
    /// dead, and is asked with all patience from now on, or each block of its would come too late.
    pub fn came_late(&mut self, now: Time) {
        if std::mem::take(&mut self.snubbed) {
            (self.is_slow, self.last_progress) = (true, now);
        }
    }

    /// The peer won't send the block. Asks for nothing more until the next tick, lest the two of us go round in circles,
    /// and twice as long each time that nothing has come in between: what is asked of it others can't be asked for.
    pub fn reject(&mut self, piece: u32, block: u32) -> bool {
        let found = self.find(piece, block).and_then(|at| self.outstanding.remove(at)).is_some();
        if found && self.rest_ticks == 0 {
            self.rest_ticks = 1 << self.rests;
            self.rests = (self.rests + 1).min(REST_DOUBLINGS_MAX);
        }
        found
    }

    /// The peer, which speaks no fast extension, has dropped what was asked for: what that was. A request that is still on
    /// its way may reach it after it has unchoked us again, and be served: as one that was cancelled it is nobody's fault.
    pub fn dropped(&mut self) -> VecDeque<Outstanding> {
        let dropped = std::mem::take(&mut self.outstanding);
        let cancelled = self.cancelled.get_or_insert_default();
        dropped.iter().for_each(|request| cancelled.push(request.piece, request.block));
        dropped
    }

    /// Nothing that was asked for will come.
    pub fn clear(&mut self) -> VecDeque<Outstanding> {
        self.cancelled = None;
        std::mem::take(&mut self.outstanding)
    }

    /// Once a second. Answers what became of our patience.
    pub fn tick(&mut self, now: Time, span: Duration, patience: Duration) -> Debt {
        self.rest_ticks = self.rest_ticks.saturating_sub(1);
        self.measure(span);
        let patience = if self.is_slow { patience.max(PATIENCE_MAX) } else { patience };
        if self.outstanding.is_empty() || now - self.last_progress < patience {
            return Debt::Bearable;
        }
        self.last_progress = now;
        match std::mem::replace(&mut self.snubbed, true) {
            false => Debt::Overdue,
            true => Debt::OverdueAgain,
        }
    }

    /// Asks for nothing more until the next tick.
    pub fn pause(&mut self) {
        self.rest_ticks = self.rest_ticks.max(1);
    }

    fn measure(&mut self, span: Duration) {
        let bytes_per_s = f64::from(self.bytes_since_tick) / span.as_secs_f64().max(1e-3);
        self.bytes_since_tick = 0;
        if self.slow_start {
            self.slow_start = bytes_per_s == 0.0 || bytes_per_s > self.bytes_per_s * GROWTH_MIN;
            self.bytes_per_s = bytes_per_s;
        } else {
            self.bytes_per_s += (bytes_per_s - self.bytes_per_s) / 4.0;
        }
        if !self.slow_start {
            let round_trip = Duration::from_nanos(self.round_trip_min_nanos);
            let ahead = round_trip.min(Duration::from_secs(10)) * 2 + QUEUE_SPAN;
            let blocks = self.bytes_per_s * ahead.as_secs_f64() / f64::from(BLOCK_BYTES);
            self.depth = (blocks.ceil() as u32).clamp(DEPTH_MIN, REQUESTS_MAX) as u16;
        }
    }

    fn find(&self, piece: u32, block: u32) -> Option<usize> {
        self.outstanding.iter().position(|request| request.piece == piece && request.block == block)
    }
}
