//! What becomes of what a queue has no room for.

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
