//! What checking a run has brought.

use super::{Sometimes, Violation};

/// The outcome of checking a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    /// The first property that did not hold.
    pub violation: Option<Violation>,
    /// How often each thing was seen that a long search must see.
    pub sometimes: Sometimes,
}
