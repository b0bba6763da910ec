//! What hosts write to each other, and to themselves.

use std::cmp::Ordering;

use bytes::Bytes;

use swarmlab_engine::session::ConnectionId;
use swarmlab_engine::time::Time;

/// Something that comes to a host at some time.
pub struct Letter {
    pub at: Time,
    pub to: u32,
    /// The host itself, if it has asked to be called.
    pub from: u32,
    /// Letters that the sender had written before.
    pub number: u32,
    pub what: What,
}

/// A line is called what the session of the host that reads this calls it.
pub enum What {
    /// To oneself: take part from now on.
    Join,
    /// To oneself: the session wants to be called.
    Timeout,
    /// To oneself: the uplink has time again.
    Turn,
    /// Somebody dials, and calls the line this.
    Dial {
        theirs: ConnectionId,
    },
    Accepted {
        line: ConnectionId,
        theirs: ConnectionId,
    },
    /// Nothing more comes on the line, or it was never made.
    Closed {
        line: ConnectionId,
    },
    Data {
        line: ConnectionId,
        head: Bytes,
        body: Bytes,
    },
    /// So much has come, and may follow.
    Acknowledged {
        line: ConnectionId,
        bytes: usize,
    },
}

impl What {
    /// What the digest hears of it: its kind, and how many bytes it is about.
    pub fn outline(&self) -> (u8, usize) {
        match self {
            What::Join => (0, 0),
            What::Timeout => (1, 0),
            What::Turn => (2, 0),
            What::Dial { .. } => (3, 0),
            What::Accepted { .. } => (4, 0),
            What::Closed { .. } => (5, 0),
            What::Data { head, body, .. } => (6, head.len() + body.len()),
            What::Acknowledged { bytes, .. } => (7, *bytes),
        }
    }
}

impl Letter {
    /// No two letters have the same; and it depends on nothing but what the hosts themselves have done.
    fn key(&self) -> (Time, u32, u32, u32) {
        (self.at, self.to, self.from, self.number)
    }
}

impl Ord for Letter {
    fn cmp(&self, other: &Letter) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Letter {
    fn partial_cmp(&self, other: &Letter) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Eq for Letter {}

impl PartialEq for Letter {
    fn eq(&self, other: &Letter) -> bool {
        self.key() == other.key()
    }
}
