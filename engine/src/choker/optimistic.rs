//! All slots but one go to the best, and one to somebody by lot (BEP 3's optimistic unchoke): what many chokers share.

use std::time::Duration;

use crate::random::{Rng, below};

use super::{Choice, ChokeView, Suitor, shuffled};

/// A peer counts as new for so long (BEP 3 gives no span; the mainline client's optimistic round of 30 s, twice).
const NEW_PEER_SPAN: Duration = Duration::from_secs(60);
/// New peers are so many times as likely to be the optimistic unchoke, to get a first piece to offer (BEP 3).
const NEW_PEER_WEIGHT: u32 = 3;

/// Everybody, if there are slots enough. Else those who come first by `rank`, and one other in turn.
pub fn round<K: Ord>(view: &ChokeView<'_>, rng: &mut Rng, rank: impl Fn(&Suitor) -> K) -> Choice {
    if view.suitors.len() <= view.slots {
        let unchoked = view.suitors.iter().map(|suitor| suitor.peer).collect();
        return Choice { unchoked, optimistic: None };
    }
    let mut ranked = shuffled(view, rng);
    ranked.sort_by_key(|suitor| rank(suitor));
    let (deserving, rest) = ranked.split_at(view.slots.saturating_sub(1));
    let kept = rest.iter().copied().find(|suitor| suitor.optimistic && !view.rotate_optimistic);
    let optimistic = kept.or_else(|| draw(view, rest, rng)).map(|suitor| suitor.peer);
    let unchoked = deserving.iter().map(|suitor| suitor.peer).chain(optimistic).take(view.slots).collect();
    Choice { unchoked, optimistic: optimistic.filter(|_| view.slots > 0) }
}

fn draw<'a>(view: &ChokeView<'_>, rest: &[&'a Suitor], rng: &mut Rng) -> Option<&'a Suitor> {
    let weight = |suitor: &Suitor| {
        if suitor.optimistic {
            0 // It had its turn.
        } else if view.now - suitor.connected_at < NEW_PEER_SPAN {
            NEW_PEER_WEIGHT
        } else {
            1
        }
    };
    let mut ticket = below(rng, rest.iter().map(|suitor| weight(suitor)).sum());
    rest.iter().copied().find(|suitor| match ticket.checked_sub(weight(suitor)) {
        Some(left) => {
            ticket = left;
            false
        }
        None => true,
    })
}
