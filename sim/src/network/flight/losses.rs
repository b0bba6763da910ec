//! What a direction has lost and not made good yet.
//!
//! Most directions have lost nothing, so this has a place of its own, which is there only once something was lost.

use std::collections::VecDeque;

use swarmlab_engine::time::Time;

use super::{Flight, Transit};

/// Segments, or parts of them, from the drop until they are sent again.
#[derive(Debug, Default)]
pub(super) struct Losses {
    /// Nothing has told the sender yet; in order of departure.
    pub dropped: VecDeque<Dropped>,
    /// The news is under way to the sender; in order of arrival.
    pub reported: VecDeque<Report>,
    /// The sender knows that it must send this again.
    pub resend: VecDeque<Resend>,
}

/// A lost part of a segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dropped {
    pub transit: Transit,
    /// The first departure whose arrival tells of it.
    pub told_by: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Report {
    pub at: Time,
    pub transit: Transit,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Resend {
    pub index: u32,
    pub bytes: u32,
}

static NONE: Losses = Losses { dropped: VecDeque::new(), reported: VecDeque::new(), resend: VecDeque::new() };

impl Losses {
    pub fn clear(&mut self) {
        self.dropped.clear();
        self.reported.clear();
        self.resend.clear();
    }
}

impl Flight {
    /// What is lost, to be looked at.
    pub(super) fn losses(&self) -> &Losses {
        self.losses.as_deref().unwrap_or(&NONE)
    }

    /// Something is lost now.
    pub(super) fn begin_losses(&mut self) -> &mut Losses {
        self.losses.get_or_insert_default()
    }
}
