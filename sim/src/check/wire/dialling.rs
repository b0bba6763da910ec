//! Rules about making connections (S28).

use super::conversation::Conversation;
use super::own::Own;
use super::verdict::{Verdict, holds};

/// Connections being made at a time: more than a router of the kind people have at home bears (libtorrent: the half-open
/// limit of old).
const DIALLING_MAX: usize = 20;

/// Judges a dial that has just begun: it is among `all`.
pub fn s28_a_dial_is_welcome<'a>(
    own: &Own,
    with: u32,
    all: impl Iterator<Item = &'a Conversation> + Clone,
) -> Verdict {
    holds(!own.banned.contains(&with), "S28", || format!("peer {with} is banned, and dialled"))?;
    holds(!(with == own.number && own.has_met_itself), "S28", || {
        "it dials itself, and has met itself".into()
    })?;
    let connections = all.clone().filter(|conversation| takes_part(conversation)).count();
    let target = own.config.connections_target.min(own.config.connections_max);
    holds(connections <= target as usize, "S28", || {
        format!("a dial beyond the {target} connections that are aimed at: {connections}")
    })?;
    let dialling = all.filter(|conversation| !conversation.is_connected).count();
    holds(dialling <= DIALLING_MAX, "S28", || format!("{dialling} connections are being made at a time"))
}

/// Once a step is over, there are no more connections than configured. Those whose handshake hasn't come don't count.
pub fn s28_connections_are_few_enough<'a>(own: &Own, all: impl Iterator<Item = &'a Conversation>) -> Verdict {
    let (connections, most) = (all.filter(|one| takes_part(one)).count(), own.config.connections_max);
    holds(connections <= most as usize, "S28", || format!("{connections} connections of {most}"))
}

fn takes_part(conversation: &Conversation) -> bool {
    conversation.dialled || conversation.theirs.is_some()
}
