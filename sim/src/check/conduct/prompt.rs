//! Which of a client's words were decided in the step in which they are said, and when everything is said that it asks.

use std::collections::BTreeSet;

use swarmlab_engine::session::ConnectionId;

use crate::check::Seen;
use crate::check::swarm::{Told, View, Way};
use crate::check::wire::Said;

/// One client's step: from one thing that it is given to the end of all that it does about it.
#[derive(Debug, Default)]
pub struct Step {
    /// Lines on which something waited when the step began.
    late: BTreeSet<ConnectionId>,
    /// Who has what, or who may be asked, has changed in this step: which of its words came before that nobody knows.
    is_disturbed: bool,
}

impl Step {
    /// Takes note of something heard.
    pub fn said(&mut self, told: &Told<'_>) {
        let moves = matches!(
            told.said,
            Said::Handshake(_)
                | Said::Have(_)
                | Said::Bitfield(_)
                | Said::HaveAll
                | Said::HaveNone
                | Said::Choke
                | Said::Unchoke
                | Said::AllowedFast(_)
        );
        self.is_disturbed |= told.way == Way::In && moves;
    }

    /// Takes note of anything else.
    pub fn see(&mut self, view: &View, peer: u32, seen: &Seen<'_>) {
        match seen {
            Seen::Opened { .. } | Seen::Closed { .. } | Seen::Connected(_) => self.is_disturbed = true,
            Seen::Settled(_) => {
                let waits = view.lines.of(peer).filter(|(_, line)| !line.is_drained);
                self.late = waits.map(|(connection, _)| *connection).collect();
                self.is_disturbed = false;
            }
            _ => {}
        }
    }

    /// Whatever is said on this line now was decided in this step.
    pub fn is_prompt(&self, connection: ConnectionId) -> bool {
        !self.late.contains(&connection)
    }

    /// All that the client asks for has been said, and it knew all the time who has what: it can be judged what it asked
    /// for in this step, now that the step is over. Of several lines nobody knows which one was asked first.
    pub fn is_seen_through(&self, view: &View, peer: u32) -> bool {
        !self.is_disturbed && self.late.is_empty() && view.lines.of(peer).all(|(_, line)| line.is_drained)
    }
}
