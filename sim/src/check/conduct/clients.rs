//! What a judge of conduct knows of each client that is judged, from its coming to its going.

use std::collections::BTreeMap;

use crate::check::Seen;

/// By the peer's number.
pub type Clients<C> = BTreeMap<u32, C>;

/// Whoever comes is known as `new`, whoever goes is forgotten; of anybody else what is known, if it is judged.
pub fn known<'a, C>(
    clients: &'a mut Clients<C>,
    peer: u32,
    seen: &Seen<'_>,
    new: impl FnOnce() -> C,
) -> Option<&'a mut C> {
    match seen {
        Seen::Came { is_judged: true, .. } => {
            clients.insert(peer, new());
            None
        }
        Seen::Gone => {
            clients.remove(&peer);
            None
        }
        _ => clients.get_mut(&peer),
    }
}
