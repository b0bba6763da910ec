//! What somebody who watches has been through.

use std::time::Duration;

/// The figures of a player. Where all of the content is there already, up to its end, since nothing can stop it any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Viewing {
    /// From the first moment until it began to play; none if it has not begun.
    pub startup: Option<Duration>,
    /// How often it had to wait after that.
    pub stalls: u32,
    /// For how long, all stalls together.
    pub stalled: Duration,
    /// For how long it played.
    pub played: Duration,
}

impl Viewing {
    /// The share of the time since it began in which it played; none if it has not begun.
    pub fn continuity(&self) -> Option<f64> {
        let whole = (self.played + self.stalled).as_secs_f64();
        (whole > 0.0).then(|| self.played.as_secs_f64() / whole)
    }

    /// This one, and then another by the same person: the start-up is the first that there was.
    pub fn and_then(self, later: Viewing) -> Viewing {
        Viewing {
            startup: self.startup.or(later.startup),
            stalls: self.stalls + later.stalls,
            stalled: self.stalled + later.stalled,
            played: self.played + later.played,
        }
    }
}
