//! The properties: one table.

use std::fmt;

/// Something that must hold in every run.
#[derive(Debug, PartialEq, Eq)]
pub struct Property {
    /// Its number: `S` for safety (checked at every step), `L` for liveness (once faults have ended).
    pub id: &'static str,
    /// Its name, in a word or two.
    pub name: &'static str,
    /// What must hold.
    pub says: &'static str,
    /// Who demands it.
    pub kind: Kind,
}

/// Who demands a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A BEP demands it of every client, or the laws of a network of the network.
    Must,
    /// This project's client has chosen it; shipping clients differ.
    Policy,
}

impl Property {
    /// The property with this number.
    ///
    /// # Panics
    /// If there is none: numbers stand in the code.
    pub fn of(id: &str) -> &'static Property {
        let found = PROPERTIES.iter().find(|property| property.id == id);
        found.unwrap_or_else(|| panic!("there is no property {id:?}"))
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.id, self.name)
    }
}

const fn must(id: &'static str, name: &'static str, says: &'static str) -> Property {
    Property { id, name, says, kind: Kind::Must }
}

const fn policy(id: &'static str, name: &'static str, says: &'static str) -> Property {
    Property { id, name, says, kind: Kind::Policy }
}

/// All properties. The sources are BEP 3, 6, 9, 10, 11 and 27, the laws of conservation, and this client's documented choices.
pub static PROPERTIES: &[Property] = &[
    must("S1", "request-announced", "REQUEST only for a piece that the peer announced on this connection."),
    must("S2", "request-unchoked", "REQUEST only while not choked, or for a piece of ALLOWED_FAST."),
    must("S3", "request-interested", "REQUEST only after INTERESTED was sent."),
    must("S4", "request-shape", "A REQUEST asks for one whole block: 16 KiB, less at a piece's end."),
    policy("S5", "request-new", "No REQUEST for a block that is held, or outstanding to the same peer."),
    policy("S6", "requesters", "One requester of a block outside endgame, the configured number in it."),
    policy("S7", "endgame", "Endgame only when every missing block is held or in flight."),
    must("S8", "request-queue", "Outstanding requests to a peer stay within its reqq and our own limit."),
    must(
        "S9",
        "outstanding-count",
        "A block counts only if it was outstanding on that connection; none is after its end.",
    ),
    must(
        "S10",
        "requests-end",
        "Every request ends: by CHOKE without the fast extension; by PIECE, REJECT or the close with it.",
    ),
    must("S11", "piece-requested", "PIECE only for a pending request that was not cancelled."),
    must("S12", "piece-unchoking", "PIECE only while unchoking, or for a piece of ALLOWED_FAST."),
    must(
        "S13",
        "piece-verified",
        "PIECE and HAVE only for pieces that were verified; all of them are announced.",
    ),
    must("S14", "bytes-right", "The bytes of a PIECE are the content's."),
    must(
        "S15",
        "bad-piece-refetched",
        "A piece that fails its hash is not held, and can be requested again.",
    ),
    must("S16", "held-grows", "What is held only grows, and never exceeds what the disk holds."),
    must("S17", "complete-right", "Complete if and only if every piece is verified; the stored bytes match."),
    policy(
        "S18",
        "availability",
        "The availability of a piece is the number of live connections that announce it.",
    ),
    policy("S19", "block-states", "Blocks are requested if and only if somebody is asked for them."),
    must(
        "S20",
        "one-announcement",
        "After the handshake one BITFIELD, HAVE_ALL or HAVE_NONE, without spare bits; then what was agreed.",
    ),
    policy("S21", "slots", "At most the configured peers are unchoked, at most one optimistically."),
    policy(
        "S22",
        "choke-moments",
        "Choking changes only at a round, on a vacancy or on a departure; only the interested are unchoked.",
    ),
    policy("S23", "interest", "We are interested exactly in those who have a piece that we lack."),
    policy(
        "S24",
        "no-repetition",
        "No CHOKE, UNCHOKE, INTERESTED or NOT_INTERESTED twice without a change; no HAVE twice.",
    ),
    must("S25", "link-rate", "No link carries more than its rate allows."),
    must("S26", "conservation", "What was sent was delivered, dropped, or is in flight."),
    must(
        "S27",
        "stream-order",
        "A stream repeats nothing, reorders nothing, and reaches nobody who is dead or cut off.",
    ),
    policy(
        "S28",
        "connections",
        "Connections stay within their limit; none to oneself; nobody banned is dialled.",
    ),
    policy("S29", "bounds", "Queues and memory of a connection stay within their named bounds."),
    must(
        "S30",
        "time",
        "Time never goes back; events come in their order, and no timer early or while frozen.",
    ),
    must(
        "S31",
        "determinism",
        "The same scenario and seed take the same course, watched or not, hashed or not.",
    ),
    must(
        "S32",
        "announces",
        "Announces keep the tracker's interval; `started` once, `completed` at most once.",
    ),
    policy(
        "S33",
        "pick-order",
        "A piece is begun by the rule of the picker, and where that leaves a choice, by chance.",
    ),
    policy(
        "S34",
        "parole",
        "Who sent a part of a bad piece fetches pieces alone until one of them is good, and not for longer.",
    ),
    policy("S35", "merit", "A round of the choker keeps whoever has earned a slot."),
    policy(
        "S36",
        "patience",
        "Nothing is taken back from a peer that is not late; who rejects is not asked again at once.",
    ),
    policy("S37", "standing", "Nobody who keeps to the protocol is turned away for misbehaviour."),
    policy(
        "S38",
        "signs-of-life",
        "Who does not introduce itself, or falls silent, is given up in time; signs of life are sent.",
    ),
    policy("S39", "full-disk", "While a disk is full nothing is asked for."),
    must("S40", "faults", "Nothing fails but while a fault is on it; a disk does what it was asked, once."),
    policy("S41", "pipelining", "More than one block is asked for at a time."),
    must(
        "S42",
        "slow-down",
        "A sender that learns of a loss slows down, and never has more in flight than its window allows.",
    ),
    policy(
        "S43",
        "suggestions",
        "A seed suggests what none of its peers has, to one whom it serves, and to nobody else.",
    ),
    must(
        "S44",
        "peer-exchange",
        "Peers are told of each other as agreed, once a minute at most, and only of those who are connected.",
    ),
    must(
        "S45",
        "metadata",
        "Metadata are asked only of who offers them; every request is answered, with the right bytes.",
    ),
    policy(
        "S46",
        "super-seeding",
        "A super seed tells each peer of two unseen pieces, of none that others have or spread, and sends no other.",
    ),
    must(
        "S47",
        "driver",
        "A driver tells its client of connections, runs until it is to stop, and ends then. Only in the turmoil world.",
    ),
    policy(
        "S48",
        "rate-limits",
        "No more payload is sent or asked for than a limit allows, and no less than it could be.",
    ),
    must("L1", "completes", "With a full copy reachable every leecher completes in a bounded time."),
    must("L2", "completes-together", "So it does when the peers hold a full copy only together."),
    policy(
        "L3",
        "waits-quietly",
        "While a piece is nowhere nobody completes and nobody spins; all resume when it returns.",
    ),
    policy(
        "L4",
        "request-ends-in-time",
        "An outstanding request is answered, rejected, given up or dropped in its time.",
    ),
    policy(
        "L5",
        "free-slot-given",
        "Who is interested in a peer with a free slot is unchoked within a round.",
    ),
    policy("L6", "optimistic-turn", "Who stays interested is unchoked after a bounded number of rotations."),
    policy(
        "L7",
        "bad-piece-isolated",
        "A bad piece is fetched again; the culprit is found, the innocent are kept.",
    ),
    policy("L8", "last-block", "A last block that a stalled peer holds is asked for elsewhere."),
    policy("L9", "restart", "A restarted client verifies what it has, and fetches only what was lost."),
    policy(
        "L10",
        "tracker-returns",
        "Once the tracker is back it is asked again within the largest back-off.",
    ),
    policy(
        "L11",
        "quiet-at-the-end",
        "When everybody is a seed only timers, keep-alives and announces remain.",
    ),
    must("panic", "panic", "Nothing in the client or the simulation panics."),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_property_has_a_number_of_its_own() {
        let ids: BTreeSet<&str> = PROPERTIES.iter().map(|property| property.id).collect();
        assert_eq!(ids.len(), PROPERTIES.len());
        assert!((1..=48).all(|number| ids.contains(&*format!("S{number}"))));
        assert!((1..=11).all(|number| ids.contains(&*format!("L{number}"))));
    }
}
