//! What the network schedules for itself, and what it tells the world.

use bytes::Bytes;

use super::datagrams::DatagramId;
use super::host::HostId;
use super::shared_link::{LinkId, Way};
use super::stream::EndId;

/// A thing that will happen in the network. The world puts it into its queue and hands it back to
/// [`Network::handle`](super::Network::handle) at its time. It holds numbers only, and one that has become stale is
/// harmless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NetworkEvent {
    /// A connection attempt reaches the host of this accepting end.
    Syn(EndId),
    /// The acceptance reaches this connecting end.
    SynAck(EndId),
    /// The refusal reaches this connecting end.
    Refusal(EndId),
    /// A reset reaches this end.
    Reset(EndId),
    /// The oldest segment in flight from this end reaches the first queue on its way to the other.
    Arrival(EndId),
    /// An acknowledgement or a time-out that this sending end waits for.
    Wake(EndId),
    /// The first in this host's downlink is through.
    Delivery(HostId),
    /// The uplink of this host has room for the streams that wait.
    Turn(HostId),
    /// The attempt to reach this accepting end has met silence for so long that it is made again, or given up.
    Retry(EndId),
    /// This datagram reaches the first queue on its way.
    Datagram(DatagramId),
    /// The first in the queue of this shared link is through.
    Passage(LinkId, Way),
}

/// Something that a host should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Somebody connected to this host; `end` is usable at once.
    Incoming {
        /// Whose end it is.
        host: HostId,
        /// The accepting end.
        end: EndId,
        /// Who connected.
        from: HostId,
    },
    /// A connection this host asked for stands.
    Connected {
        /// Whose end it is.
        host: HostId,
        /// The connecting end.
        end: EndId,
    },
    /// A connection this host asked for was refused, or met silence for 127 seconds; `end` is gone.
    Refused {
        /// Whose end it was.
        host: HostId,
        /// The connecting end.
        end: EndId,
    },
    /// The next bytes of the stream: a whole chunk where it arrived whole.
    Received {
        /// Whose end it is.
        host: HostId,
        /// The receiving end.
        end: EndId,
        /// The sender's own bytes, shared.
        data: Bytes,
    },
    /// There is room again at an end whose room was less than a unit.
    Writable {
        /// Whose end it is.
        host: HostId,
        /// The sending end.
        end: EndId,
    },
    /// The other side ended the stream; `end` is gone.
    Closed {
        /// Whose end it was.
        host: HostId,
        /// The end.
        end: EndId,
        /// How.
        reason: CloseReason,
    },
    /// A datagram arrived.
    Datagram {
        /// Where.
        host: HostId,
        /// Who sent it.
        from: HostId,
        /// The sender's own bytes, shared.
        data: Bytes,
    },
}

impl Notice {
    /// The end it is about, unless it is about none.
    pub fn end(&self) -> Option<EndId> {
        match *self {
            Notice::Incoming { end, .. }
            | Notice::Connected { end, .. }
            | Notice::Refused { end, .. }
            | Notice::Received { end, .. }
            | Notice::Writable { end, .. }
            | Notice::Closed { end, .. } => Some(end),
            Notice::Datagram { .. } => None,
        }
    }
}

/// How the other side ended a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloseReason {
    /// It closed; everything it had sent was received before.
    Finished,
    /// It reset the stream, or its host went down; what was in flight is lost.
    Reset,
}
