//! How fast senders go, for somebody who looks on: what each has sent and learnt, and which congestion window that left it.
//!
//! Nothing is noted unless somebody has asked for it, and nothing depends on it.

use super::host::HostId;
use super::stream::EndId;
use super::verbs::Network;

/// Something that a sender did or learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Where it lives.
    pub host: HostId,
    /// Its end.
    pub end: EndId,
    /// What it was.
    pub step: PaceStep,
    /// The congestion window afterwards, in bytes.
    pub window: u32,
}

/// What a sender does and learns. Departures count from zero, and from zero again when the direction was idle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaceStep {
    /// A segment has left.
    Sent {
        /// Which departure.
        number: u32,
        /// Payload.
        bytes: u32,
    },
    /// So many bytes are known to have arrived.
    Acknowledged {
        /// Payload.
        bytes: u32,
    },
    /// So many bytes of a departure are known to be lost.
    Lost {
        /// Which departure.
        number: u32,
        /// Payload.
        bytes: u32,
    },
    /// The retransmission timer ran out: all that was dropped without a word is taken for lost.
    TimedOut {
        /// Payload.
        bytes: u32,
    },
}

/// What senders did, in the order in which they did it.
#[derive(Debug, Default)]
pub(super) struct Paces {
    is_watched: bool,
    noted: Vec<Pace>,
}

impl Paces {
    /// Where the steps of this end are noted.
    pub fn of(&mut self, host: HostId, end: EndId) -> PacesOf<'_> {
        PacesOf { paces: self, host, end }
    }
}

/// Where one end's steps are noted.
pub(super) struct PacesOf<'a> {
    paces: &'a mut Paces,
    host: HostId,
    end: EndId,
}

impl PacesOf<'_> {
    /// Notes a step that has left the sender this window.
    pub fn note(&mut self, step: PaceStep, window: u32) {
        if self.paces.is_watched {
            self.paces.noted.push(Pace { host: self.host, end: self.end, step, window });
        }
    }
}

impl Network {
    /// From now on the steps of all senders are noted. Whoever asks for this is to forget them in time.
    pub fn watch_pace(&mut self) {
        self.paces.is_watched = true;
    }

    /// What senders have done since that was last forgotten.
    pub fn pace(&self) -> &[Pace] {
        &self.paces.noted
    }

    /// Forgets what senders have done.
    pub fn forget_pace(&mut self) {
        self.paces.noted.clear();
    }
}
