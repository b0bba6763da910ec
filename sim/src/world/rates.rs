//! The rates of one host's link over a run: what its scenario says at the moment, and what events lay over it.

use crate::scenario::LinkSpec;

/// Both directions of a link, in bits a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Away from the host.
    pub up: u64,
    /// Towards the host.
    pub down: u64,
}

impl Pair {
    /// The rates of a link as the scenario has it.
    pub fn of(link: &LinkSpec) -> Pair {
        Pair { up: link.up_bits_per_s, down: link.down_bits_per_s }
    }

    fn with(self, up: Option<u64>, down: Option<u64>) -> Pair {
        Pair { up: up.unwrap_or(self.up), down: down.unwrap_or(self.down) }
    }
}

/// The rates of a link.
#[derive(Clone, Debug)]
pub struct Rates {
    base: Pair,
    /// By event, in the order in which they began.
    overlays: Vec<(u32, Option<u64>, Option<u64>)>,
    largest: Pair,
}

impl Rates {
    /// The rates at first.
    pub fn new(base: Pair) -> Rates {
        Rates { base, overlays: Vec::new(), largest: base }
    }

    /// The rates now.
    pub fn now(&self) -> Pair {
        self.overlays.iter().fold(self.base, |pair, (_, up, down)| pair.with(*up, *down))
    }

    /// The largest rate so far of each direction.
    pub fn largest(&self) -> Pair {
        self.largest
    }

    /// The scenario's own rates change.
    pub fn step(&mut self, up: Option<u64>, down: Option<u64>) {
        self.base = self.base.with(up, down);
        self.note();
    }

    /// An event lays others over them.
    pub fn overlay(&mut self, event: u32, up: Option<u64>, down: Option<u64>) {
        self.overlays.push((event, up, down));
        self.note();
    }

    /// The event takes them back.
    pub fn uncover(&mut self, event: u32) {
        self.overlays.retain(|(by, ..)| *by != event);
        self.note();
    }

    fn note(&mut self) {
        let now = self.now();
        self.largest = Pair { up: self.largest.up.max(now.up), down: self.largest.down.max(now.down) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_lie_over_the_steps_and_leave_them_as_they_have_become() {
        let mut rates = Rates::new(Pair { up: 10, down: 100 });
        rates.overlay(0, Some(1), None);
        rates.step(Some(20), Some(50));
        rates.overlay(1, Some(5), Some(500));
        assert_eq!(rates.now(), Pair { up: 5, down: 500 });
        rates.uncover(0);
        assert_eq!(rates.now(), Pair { up: 5, down: 500 });
        rates.uncover(1);
        assert_eq!(rates.now(), Pair { up: 20, down: 50 });
        assert_eq!(rates.largest(), Pair { up: 20, down: 500 });
    }
}
