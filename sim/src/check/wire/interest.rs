//! Rules about INTERESTED and NOT_INTERESTED (S23, S24).

use super::conversation::Conversation;
use super::message::Said;
use super::own::Own;
use super::scene::Scene;
use super::verdict::{Verdict, holds};

/// Judges a change of interest that is being said.
pub fn judge(scene: &Scene<'_>, said: &Said) -> Verdict {
    let interested = matches!(said, Said::Interested);
    holds(interested != scene.conversation.interested, "S24", || format!("{said:?} again"))
}

/// When all is said, the peer knows whether it has something that the client lacks.
pub fn s23_interest_is_true(own: &Own, conversation: &Conversation) -> Verdict {
    let Conversation { interested, wanted, .. } = *conversation;
    // Nobody wants anything of which it does not know whether it exists.
    let is_true = interested == (wanted > 0) || !own.knows_torrent;
    holds(is_true || !conversation.is_drained || conversation.is_lost, "S23", || {
        let said = if interested { "INTERESTED" } else { "NOT_INTERESTED" };
        format!("{said} holds, and the peer has {wanted} pieces that are missing")
    })
}
