//! Rules about REQUEST (S1 to S5, S8).

use super::message::{BLOCK_BYTES, Block};
use super::scene::Scene;
use super::verdict::{Verdict, holds};

/// Judges a REQUEST that is being sent.
pub fn judge(scene: &Scene<'_>, block: &Block) -> Verdict {
    s4_a_request_asks_for_one_whole_block(scene, block)?;
    s1_the_peer_has_announced_the_piece(scene, block)?;
    s2_the_peer_does_not_choke_us_or_allows_the_piece(scene, block)?;
    s3_we_have_said_that_we_are_interested(scene, block)?;
    s5_the_block_is_not_held_nor_asked_for(scene, block)?;
    s8_the_peer_bears_one_more(scene, block)
}

/// Judges a CANCEL that is being sent: what it takes back was asked for. One that had to wait may come too late.
pub fn judge_cancel(scene: &Scene<'_>, block: &Block) -> Verdict {
    let Scene { own, conversation, .. } = scene;
    let is_sure = conversation.is_prompt(own) && !conversation.choked_lately;
    holds(!is_sure || conversation.asked.has(block), "S9", || {
        format!("CANCEL of {block}, which this peer was not asked for")
    })
}

fn s1_the_peer_has_announced_the_piece(scene: &Scene<'_>, block: &Block) -> Verdict {
    holds(scene.conversation.has.contains(block.piece), "S1", || {
        format!("REQUEST of {block}: the peer has not announced this piece")
    })
}

fn s2_the_peer_does_not_choke_us_or_allows_the_piece(scene: &Scene<'_>, block: &Block) -> Verdict {
    let conversation = scene.conversation;
    let is_allowed = conversation.fast && conversation.granted.contains(&block.piece);
    holds(conversation.unchoked_lately || is_allowed, "S2", || {
        format!("REQUEST of {block} while choked, and the piece is not allowed")
    })
}

fn s3_we_have_said_that_we_are_interested(scene: &Scene<'_>, block: &Block) -> Verdict {
    holds(scene.conversation.interested, "S3", || format!("REQUEST of {block} without being interested"))
}

fn s4_a_request_asks_for_one_whole_block(scene: &Scene<'_>, block: &Block) -> Verdict {
    let Block { piece, begin, length } = *block;
    let is_there = scene.own.exists(piece)
        && begin.is_multiple_of(BLOCK_BYTES)
        && u64::from(begin) < scene.own.piece_bytes(piece);
    let whole = || (scene.own.piece_bytes(piece) - u64::from(begin)).min(u64::from(BLOCK_BYTES));
    holds(is_there && u64::from(length) == whole(), "S4", || {
        format!("REQUEST of {block}: there is no such block")
    })
}

/// What was held only since a moment ago may have been asked for before, if the request had to wait.
fn s5_the_block_is_not_held_nor_asked_for(scene: &Scene<'_>, block: &Block) -> Verdict {
    let is_held = scene.conversation.is_prompt(scene.own) && scene.own.held_before(block);
    holds(!is_held, "S5", || format!("REQUEST of {block}, which is held"))?;
    holds(!scene.conversation.asked.owes(block), "S5", || {
        format!("REQUEST of {block}, which this peer was asked for and has not answered")
    })
}

fn s8_the_peer_bears_one_more(scene: &Scene<'_>, block: &Block) -> Verdict {
    let (asked, limit) = (scene.conversation.asked.len(), scene.conversation.limit_lately);
    holds(asked < limit as usize, "S8", || {
        format!("REQUEST of {block} with {asked} requests outstanding, of {limit} that the peer bears")
    })
}
