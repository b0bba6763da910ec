//! Rules about PIECE and REJECT (S10 to S14).

use swarmlab_engine::storage::Body;

use super::conversation::Conversation;
use super::message::Block;
use super::own::Own;
use super::own::is_content;
use super::pending::{Rejected, Served};
use super::scene::Scene;
use super::verdict::{Verdict, breach, holds};

/// Judges a PIECE that is being sent, whoever asked for it.
pub fn judge_piece(scene: &Scene<'_>, block: &Block, body: &Body) -> Verdict {
    s13_the_piece_was_verified(scene, block)?;
    s46_the_peer_was_told_of_the_piece(scene, block)?;
    s12_the_peer_is_not_choked_or_the_piece_is_allowed(scene, block)?;
    s14_the_bytes_are_the_contents(scene, block, body)
}

/// Judges a PIECE by the request that it ends.
pub fn judge_served(block: &Block, served: Option<Served>) -> Verdict {
    match served {
        None => breach("S11", || format!("PIECE of {block}, for which no request is pending")),
        Some(Served { was_dropped: true }) => {
            breach("S12", || format!("PIECE of {block}, whose request a CHOKE had ended"))
        }
        Some(_) => Ok(()),
    }
}

/// Judges a REJECT by the request that it ends.
pub fn s10_a_reject_answers_a_request(block: &Block, rejected: Option<Rejected>) -> Verdict {
    holds(rejected.is_some(), "S10", || format!("REJECT of {block}, to which no answer is owed"))
}

/// A piece that the client has allowed, and holds, it does not refuse, unless its queue was full or its disk has failed.
pub fn s10_what_is_allowed_is_served(
    own: &Own,
    conversation: &Conversation,
    block: &Block,
    rejected: Option<Rejected>,
) -> Verdict {
    let Some(Rejected::Request { before }) = rejected else { return Ok(()) };
    let is_refused = conversation.granting.contains(&block.piece)
        && own.verified.contains(block.piece)
        && before < own.config.request_queue as usize
        && !own.has_failed_to_read;
    holds(!is_refused, "S10", || format!("REJECT of {block}, whose piece it has allowed"))
}

/// When all is said, requests that won't be served have been rejected, if that can be said at all.
pub fn s10_what_is_not_served_is_rejected(scene: &Scene<'_>) -> Verdict {
    let conversation = scene.conversation;
    if !conversation.fast {
        return Ok(());
    }
    let is_served = |piece| {
        scene.own.verified.contains(piece)
            && (!scene.own.may_super_seed || conversation.announced.contains(piece))
            && (!conversation.choking || conversation.granting.contains(&piece))
    };
    match conversation.pending.unanswered(conversation.choking, is_served) {
        Some(block) => breach("S10", || format!("no answer to the request of {block}, and all is said")),
        None => Ok(()),
    }
}

fn s12_the_peer_is_not_choked_or_the_piece_is_allowed(scene: &Scene<'_>, block: &Block) -> Verdict {
    let conversation = scene.conversation;
    let is_allowed = conversation.granting.contains(&block.piece);
    holds(!conversation.choking || is_allowed, "S12", || format!("PIECE of {block} to a peer that is choked"))
}

fn s13_the_piece_was_verified(scene: &Scene<'_>, block: &Block) -> Verdict {
    let is_verified = scene.own.exists(block.piece) && scene.own.verified.contains(block.piece);
    holds(is_verified, "S13", || format!("PIECE of {block}, which was not verified"))
}

/// Else a super seed (BEP 16) would not be one.
fn s46_the_peer_was_told_of_the_piece(scene: &Scene<'_>, block: &Block) -> Verdict {
    let is_told = scene.conversation.announced.contains(block.piece);
    holds(is_told || !scene.own.is_super_seed, "S46", || {
        format!("PIECE of {block} from a super seed, to a peer that was not told of the piece")
    })
}

/// A disk that gives back other bytes than it took is not the client's fault.
fn s14_the_bytes_are_the_contents(scene: &Scene<'_>, block: &Block, body: &Body) -> Verdict {
    let end = u64::from(block.begin) + u64::from(block.length);
    let is_right = end <= scene.own.piece_bytes(block.piece)
        && is_content(&scene.setting.content, block, body.fragments());
    holds(is_right || scene.own.is_spoilt(block), "S14", || format!("PIECE of {block} with wrong bytes"))
}
