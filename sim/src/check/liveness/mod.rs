//! What must happen in the end: the properties L1 to L11.
//!
//! Nothing can be said of a swarm while things are done to it. L1, L2, and what belongs to a quiet swarm, are judged from
//! the moment when the script is over; the others bind a client at all times, since they follow from its own clock and
//! from what it hears. A frozen client has no clock: whatever it owes is due as if it had just begun, once it thaws.
//!
//! A deadline that is passed for a good reason is worse than one that is never judged. So each of them is the sum of the
//! time-outs that stand in the way, and where chance decides, so long that chance is out of the question. Each judge says
//! where it says nothing.

mod announces;
mod blame;
mod completion;
mod quiet;
mod reach;
mod requests;
mod restart;
#[cfg(test)]
mod tests;
mod unchoking;

use super::swarm::Watcher;

/// The judges of liveness.
pub fn judges() -> Vec<Box<dyn Watcher>> {
    vec![
        Box::new(completion::Completion::default()),
        Box::new(requests::Requests::default()),
        Box::new(unchoking::Unchoking::default()),
        Box::new(blame::Blame::default()),
        Box::new(restart::Restarts::default()),
        Box::new(announces::Announces::default()),
        Box::new(quiet::Quiet::default()),
    ]
}
