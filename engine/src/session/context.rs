//! What a torrent needs of its session while it handles something.

use std::collections::VecDeque;

use crate::allowance::Allowance;
use crate::random::Rng;
use crate::time::Time;

use super::datagrams::Datagrams;
use super::routes::Routes;
use super::{ConnectionId, Event, Output, SessionConfig};

/// Lent by the session for one call.
pub(crate) struct Context<'a> {
    pub now: Time,
    pub config: &'a SessionConfig,
    pub rng: &'a mut Rng,
    pub routes: &'a mut Routes,
    /// What the session as a whole may send and fetch.
    pub allowance: &'a mut Allowance,
    pub datagrams: &'a mut Datagrams,
    pub outputs: &'a mut VecDeque<Output>,
}

impl Context<'_> {
    pub fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    /// Ends a connection from our side, unless it has ended already.
    pub fn hang_up(&mut self, connection: ConnectionId) {
        if self.routes.close(connection) {
            self.outputs.push_back(Output::Close { connection });
        }
    }
}
