//! Where every byte of payload went.

/// Bytes of payload, of stream segments (those sent again included) and datagrams:
/// `sent` = `delivered` + `dropped` + `in_flight`, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Handed to an uplink.
    pub sent: u64,
    /// Arrived at a host that is up, whether or not somebody there wanted it.
    pub delivered: u64,
    /// Lost on the way, or at a host where nobody is.
    pub dropped: u64,
    /// On the way: counted by itself as things enter and leave wires and queues.
    pub in_flight: u64,
}

impl Ledger {
    /// Whether no byte is missing and none too many.
    pub fn is_balanced(&self) -> bool {
        self.sent == self.delivered + self.dropped + self.in_flight
    }
}
