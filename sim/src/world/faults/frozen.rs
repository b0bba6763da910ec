//! A frozen process: its machine and its kernel live, the client does nothing.
//!
//! Streams are still set up and closed by the kernel; the client learns of it when it thaws, in order. What was sent to
//! it fills the receive windows meanwhile.

use std::collections::VecDeque;

use swarmlab_engine::session::ConnectionId;

use crate::network::{EndId, Notice};

/// Whether a host's client is frozen, and what waits for it. Hardly any ever is, so it is elsewhere if it is.
#[derive(Debug, Default)]
pub struct Frozen(Option<Box<Freeze>>);

#[derive(Debug, Default)]
struct Freeze {
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
        self.0.as_ref().is_some_and(|freeze| !freeze.by.is_empty())
    }

    /// An event freezes it.
    pub fn freeze(&mut self, event: u32) {
        self.0.get_or_insert_default().by.push(event);
    }

    /// The event lets go of it.
    pub fn thaw(&mut self, event: u32) {
        self.0.iter_mut().for_each(|freeze| freeze.by.retain(|by| *by != event));
    }

    /// The client will get it when it thaws.
    pub fn keep(&mut self, mail: Mail) {
        self.0.get_or_insert_default().mail.push_back(mail);
    }

    /// Whoever has called and hung up meanwhile is never heard of.
    pub fn forget(&mut self, end: EndId) {
        let is_of = |mail: &Mail| matches!(mail, Mail::Notice(notice) if notice.end() == Some(end));
        self.0.iter_mut().for_each(|freeze| freeze.mail.retain(|mail| !is_of(mail)));
    }

    /// What has waited.
    pub fn take_mail(&mut self) -> VecDeque<Mail> {
        self.0.as_mut().map(|freeze| std::mem::take(&mut freeze.mail)).unwrap_or_default()
    }

    /// The process is gone.
    pub fn clear(&mut self) {
        *self = Frozen::default();
    }
}
