//! What a rule looks at.

use super::conversation::Conversation;
use super::message::Said;
use super::own::Own;
use super::verdict::Verdict;
use super::{announcement, choking, interest, requests, serving};
use crate::check::Setting;

/// A client, and the connection on which it says something.
pub struct Scene<'a> {
    pub setting: &'a Setting,
    pub own: &'a Own,
    /// As it was before.
    pub conversation: &'a Conversation,
}

impl Scene<'_> {
    /// Judges what the client says, by all rules but those that need to know which request it ends.
    pub fn judge(&self, said: &Said) -> Verdict {
        announcement::judge(self, said)?;
        match said {
            Said::Request(block) => requests::judge(self, block),
            Said::Cancel(block) => requests::judge_cancel(self, block),
            Said::Piece(block, body) => serving::judge_piece(self, block, body),
            Said::Choke | Said::Unchoke => choking::judge(self, said),
            Said::Interested | Said::NotInterested => interest::judge(self, said),
            _ => Ok(()),
        }
    }
}
