//! `returns`: hosts that gave up and try again.

use super::spans::Spans;

/// How a host that aborted comes back, with what it has kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Returns {
    /// `after`: how long it is away. Required.
    pub after: Spans,
    /// `times`: how often it comes back at most. Default: 1.
    pub times: u32,
}
