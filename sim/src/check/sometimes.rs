//! What must be seen now and then. A search that never sees it is too tame to prove anything.

use std::ops::AddAssign;

/// Something that a long search must see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Of two connections between the same two peers one was dropped.
    DuplicateDropped,
    /// A peer was banned.
    PeerBanned,
}

impl Sight {
    /// Every sight, in order, with its name.
    pub const ALL: &[(Sight, &'static str)] =
        &[(Sight::DuplicateDropped, "duplicate connection dropped"), (Sight::PeerBanned, "a peer banned")];
}

/// How often each was seen. Sums of several runs add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sometimes([u64; Sight::ALL.len()]);

impl Default for Sometimes {
    fn default() -> Self {
        Sometimes([0; Sight::ALL.len()])
    }
}

impl Sometimes {
    /// It was seen.
    pub fn count(&mut self, sight: Sight) {
        self.0[sight as usize] += 1;
    }

    /// Each with its name and how often it was seen.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        Sight::ALL.iter().zip(self.0).map(|((_, name), count)| (*name, count))
    }
}

impl AddAssign<&Sometimes> for Sometimes {
    fn add_assign(&mut self, other: &Sometimes) {
        self.0.iter_mut().zip(other.0).for_each(|(sum, count)| *sum += count);
    }
}
