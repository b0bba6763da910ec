//! The network's books: no byte is lost, made up, or forgotten.

#[cfg(test)]
mod tests;

use super::judge::{Bench, Judge};
use super::{Circumstances, Seen};

/// Between two recounts of the whole network at least so many events, and so many more for each peer: a recount takes
/// as long as some hundred events, and longer the more streams there are. Whenever a disturbance begins or ends there is
/// one more.
const EVENTS_BETWEEN: u64 = 256;
const EVENTS_BETWEEN_PER_PEER: u64 = 16;

/// Audits the network.
#[derive(Default)]
pub struct Ledger {
    /// Bytes that clients were given.
    received: u64,
    /// When the whole network is recounted, in events.
    next_recount: u64,
    /// Disturbances that lasted when it was last looked at.
    disturbances: usize,
}

impl Judge for Ledger {
    fn see(&mut self, _: &mut Bench<'_>, _: u32, seen: &Seen<'_>) {
        if let Seen::Received(_, data) = seen {
            self.received += data.len() as u64;
        }
    }

    fn step(&mut self, bench: &mut Bench<'_>, circumstances: &Circumstances<'_>) {
        let (ledger, received) = (circumstances.network.ledger(), self.received);
        if !ledger.is_balanced() {
            bench.violated("S26", [], format!("the network's books are not balanced: {ledger:?}"), []);
        }
        if received > ledger.delivered {
            let what = format!("clients received {received} bytes, {} were delivered", ledger.delivered);
            bench.violated("S26", [], what, []);
        }
        let disturbances = circumstances.network.disturbances().len();
        let has_changed = std::mem::replace(&mut self.disturbances, disturbances) != disturbances;
        if has_changed || circumstances.events >= self.next_recount {
            let peers = bench.setting.hosts.len() as u64;
            self.next_recount = circumstances.events + EVENTS_BETWEEN + EVENTS_BETWEEN_PER_PEER * peers;
            if let Err(what) = circumstances.network.check_invariants() {
                bench.violated("S26", [], what, []);
            }
        }
    }
}
