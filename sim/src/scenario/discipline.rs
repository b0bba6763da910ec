//! What becomes of what a queue has no room for, in words.

use crate::network::{Discipline, UplinkDiscipline};

use super::text::Words;

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
