//! What becomes of what a queue has no room for.

use super::text::Words;

/// How a queue in front of a link treats what arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Discipline {
    /// `"tail-drop"`: first in, first out; what finds the queue full is dropped.
    #[default]
    TailDrop,
    /// `"codel"`: controlled delay (RFC 8289), target 5 ms, interval 100 ms.
    CoDel,
}

/// How a host's own uplink treats what its streams want to send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UplinkDiscipline {
    /// `"turns"`: held back at the host, streams take turns, nothing is lost.
    #[default]
    Turns,
    /// `"tail-drop"`: a modem's own queue, first in, first out.
    TailDrop,
    /// `"codel"`: a modem's own queue under controlled delay (RFC 8289).
    CoDel,
}

/// How it is said for a queue.
pub const DISCIPLINE: Words<Discipline> = Words(
    "queue discipline",
    &[
        ("tail-drop", Discipline::TailDrop, "First in, first out; what finds the queue full is dropped."),
        ("codel", Discipline::CoDel, "Controlled delay (RFC 8289), target 5 ms, interval 100 ms."),
    ],
);

/// How it is said for an uplink.
pub const UPLINK_DISCIPLINE: Words<UplinkDiscipline> = Words(
    "queue discipline",
    &[
        (
            "turns",
            UplinkDiscipline::Turns,
            "What is to be sent is held back at the host, its streams take turns, and nothing is lost.",
        ),
        (
            "tail-drop",
            UplinkDiscipline::TailDrop,
            "A modem's own queue: first in, first out, the tail dropped.",
        ),
        ("codel", UplinkDiscipline::CoDel, "A modem's own queue under controlled delay (RFC 8289)."),
    ],
);
