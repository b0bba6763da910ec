//! A frozen process: its machine and its kernel live, the client does nothing.
//!
//! Streams are still set up and closed by the kernel; the client learns of it when it thaws, in order. What was sent to
//! it fills the receive windows meanwhile.

use std::collections::VecDeque;

use crate::network::Notice;

/// Whether a host's client is frozen, and what waits for it.
#[derive(Debug, Default)]
pub struct Frozen {
    /// The events that hold it.
    by: Vec<u32>,
    mail: VecDeque<Notice>,
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

    /// A notice that the client will get when it thaws.
    pub fn keep(&mut self, notice: Notice) {
        self.mail.push_back(notice);
    }

    /// What has waited.
    pub fn take_mail(&mut self) -> VecDeque<Notice> {
        std::mem::take(&mut self.mail)
    }

    /// The process is gone.
    pub fn clear(&mut self) {
        *self = Frozen::default();
    }
}
