//! A frozen process: its machine and its kernel live, the client does nothing.
//!
//! Streams are still set up and closed by the kernel; the client learns of it when it thaws, in order. What was sent to
//! it fills the receive windows meanwhile.

use std::collections::VecDeque;

use swarmlab_engine::session::ConnectionId;

use crate::network::{EndId, Notice};

/// Whether a host's client is frozen, and what waits for it.
#[derive(Debug, Default)]
pub struct Frozen {
    /// The events that hold it.
    by: Vec<u32>,
    mail: VecDeque<Mail>,
}

/// What waits for a frozen client.
#[derive(Debug)]
pub enum Mail {
    /// The network has told it this.
    Notice(Notice),
    /// This connection is over. It is not called by its end, since that may be another stream's by the time of the thaw.
    Ended(ConnectionId),
}

impl Frozen {
    /// Whether the client does nothing.
    pub fn is_frozen(&self) -> bool {
        !self.by.is_empty()
    }

    /// An event freezes it.
    pub fn freeze(&mut self, event: u32) {
        self.by.push(event);
    }

    /// The event lets go of it.
    pub fn thaw(&mut self, event: u32) {
        self.by.retain(|by| *by != event);
    }

    /// The client will get it when it thaws.
    pub fn keep(&mut self, mail: Mail) {
        self.mail.push_back(mail);
    }

    /// Whoever has called and hung up meanwhile is never heard of.
    pub fn forget(&mut self, end: EndId) {
        self.mail.retain(|mail| !matches!(mail, Mail::Notice(notice) if notice.end() == Some(end)));
    }

    /// What has waited.
    pub fn take_mail(&mut self) -> VecDeque<Mail> {
        std::mem::take(&mut self.mail)
    }

    /// The process is gone.
    pub fn clear(&mut self) {
        *self = Frozen::default();
    }
}
