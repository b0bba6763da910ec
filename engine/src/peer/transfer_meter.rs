//! Payload in one direction: how much in all, and how much lately.

/// Counts bytes over the whole connection, and over the last one to two rounds of the choker (10 to 20 s; BEP 3 asks
/// for a rolling average of about 20 s).
#[derive(Clone, Copy, Debug, Default)]
pub struct TransferMeter {
    total: u64,
    this_round: u64,
    last_round: u64,
}

impl TransferMeter {
    /// So many bytes more.
    pub fn add(&mut self, bytes: u64) {
        self.total += bytes;
        self.this_round += bytes;
    }

    /// Bytes since the connection was made.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Bytes in this round and the one before.
    pub fn recent(&self) -> u64 {
        self.this_round + self.last_round
    }

    /// Bytes in this round.
    pub fn in_round(&self) -> u64 {
        self.this_round
    }

    /// A round has ended.
    pub fn end_round(&mut self) {
        self.last_round = self.this_round;
        self.this_round = 0;
    }
}
