//! Rules about the handshake and about what a client says that it has (S13, S20, and S24 of HAVE).

use std::time::Duration;

use swarmlab_engine::time::Time;

use super::conversation::{Conversation, is_bitfield, pieces_of};
use super::message::{Handshake, Said};
use super::own::Own;
use super::scene::Scene;
use super::verdict::{Verdict, breach, holds};

/// HAVE messages are put off for four seconds, and then until the next tick of a second; allowed is that and no more.
const HAVE_DELAY: Duration = Duration::from_secs(5);

/// Judges what is being said: whether it may be said at all now, and what it says of pieces.
pub fn judge(scene: &Scene<'_>, said: &Said) -> Verdict {
    if let Said::Handshake(handshake) = said {
        return s20_the_handshake_is_right(scene, handshake);
    }
    s20_messages_follow_both_handshakes(scene, said)?;
    s20_only_what_was_agreed_is_spoken(scene, said)?;
    s20_what_is_held_is_announced_first_and_once(scene, said)?;
    match said {
        Said::Bitfield(bits) => {
            s20_the_bitfield_fits(scene, bits)?;
            pieces_of(bits).try_for_each(|piece| s13_the_piece_was_verified(scene, said, piece))
        }
        Said::HaveAll => {
            holds(scene.own.verified.is_full(), "S13", || "HAVE_ALL while pieces are missing".into())
        }
        Said::Have(piece) => {
            s13_the_piece_was_verified(scene, said, *piece)?;
            s24_a_piece_is_announced_once(scene, *piece)
        }
        Said::AllowedFast(piece) => s13_the_piece_was_verified(scene, said, *piece),
        _ => Ok(()),
    }
}

/// When all is said, every piece that was verified is announced; by a super seed (BEP 16) in its time.
pub fn s13_what_was_verified_is_announced(own: &Own, conversation: &Conversation) -> Verdict {
    let (announced, verified) = (conversation.announced.len(), own.verified.len());
    let is_untold = conversation.has_announced && announced != verified && !own.may_super_seed;
    holds(!is_untold, "S13", || {
        format!("{announced} pieces are announced, {verified} were verified, and all is said")
    })
}

/// A client that has nothing else to say to a peer tells it of new pieces all the same.
pub fn s13_what_was_verified_is_announced_soon(now: Time, own: &Own, conversation: &Conversation) -> Verdict {
    if !conversation.has_announced || !conversation.is_drained || own.may_super_seed {
        return Ok(());
    }
    // With so many announced, the oldest of the others was verified then or before.
    let unsaid_since = own.verified_at.get(conversation.announced.len() as usize);
    holds(unsaid_since.is_none_or(|since| now - *since <= HAVE_DELAY), "S13", || {
        "pieces that were verified are not announced".into()
    })
}

fn s20_the_handshake_is_right(scene: &Scene<'_>, handshake: &Handshake) -> Verdict {
    holds(scene.conversation.ours.is_none(), "S20", || "a second handshake".into())?;
    holds(handshake.is_bittorrent, "S20", || "a handshake of another protocol".into())?;
    let identity = (handshake.info_hash, handshake.peer_id);
    holds(scene.own.identity.is_none_or(|own| own == identity), "S20", || {
        "a handshake with another torrent or peer id than the one before".into()
    })?;
    holds(handshake.speaks_extensions, "S20", || "a handshake without the extension protocol".into())?;
    holds(handshake.speaks_fast == scene.own.config.fast_extension, "S20", || {
        "a handshake that says the wrong thing of the fast extension".into()
    })
}

fn s20_messages_follow_both_handshakes(scene: &Scene<'_>, said: &Said) -> Verdict {
    let (Some(ours), Some(theirs)) = (&scene.conversation.ours, &scene.conversation.theirs) else {
        return breach("S20", || format!("{said:?} before both handshakes are through"));
    };
    holds(ours.info_hash == theirs.info_hash, "S20", || "a message to a peer of another torrent".into())?;
    holds(ours.peer_id != theirs.peer_id, "S28", || "a message to oneself".into())?;
    let is_banned = scene.own.banned.contains(&scene.conversation.with);
    holds(!is_banned, "S28", || "a message to a peer that is banned".into())
}

fn s20_only_what_was_agreed_is_spoken(scene: &Scene<'_>, said: &Said) -> Verdict {
    let conversation = scene.conversation;
    holds(!said.is_fast() || conversation.fast, "S20", || format!("{said:?} without the fast extension"))?;
    let extended = conversation.theirs.is_some_and(|theirs| theirs.speaks_extensions);
    holds(extended || !matches!(said, Said::Extended(..)), "S20", || "EXTENDED without agreement".into())
}

fn s20_what_is_held_is_announced_first_and_once(scene: &Scene<'_>, said: &Said) -> Verdict {
    let is_announcement = matches!(said, Said::Bitfield(_) | Said::HaveAll | Said::HaveNone);
    match (is_announcement, scene.conversation.has_announced) {
        (true, true) => breach("S20", || "what is held is announced a second time".into()),
        (false, false) => breach("S20", || "the first message does not say what is held".into()),
        _ => Ok(()),
    }
}

fn s20_the_bitfield_fits(scene: &Scene<'_>, bits: &[u8]) -> Verdict {
    holds(is_bitfield(bits, scene.own.geometry.piece_count), "S20", || {
        "a BITFIELD of the wrong length, or with spare bits".into()
    })
}

fn s13_the_piece_was_verified(scene: &Scene<'_>, said: &Said, piece: u32) -> Verdict {
    let is_verified = scene.own.exists(piece) && scene.own.verified.contains(piece);
    holds(is_verified, "S13", || format!("{said:?}: piece {piece} was not verified"))
}

fn s24_a_piece_is_announced_once(scene: &Scene<'_>, piece: u32) -> Verdict {
    holds(!scene.conversation.announced.contains(piece), "S24", || format!("HAVE of piece {piece} again"))
}
