//! Which connection belongs to whom.

use std::net::SocketAddr;

use crate::wire::Decoder;

use super::ConnectionId;
use super::inquiry::Asker;

/// Where the bytes of a connection go.
#[derive(Debug)]
pub(crate) enum Route {
    /// It has ended, or never was.
    Vacant,
    /// Somebody dialled us, and has not said yet for which torrent.
    Inbound(Box<Inbound>),
    /// A peer of a torrent: the torrent's number, and the peer's in it.
    Peer { torrent: u32, peer: u32 },
    /// A question to a tracker.
    Tracker(Asker),
}

/// A connection whose handshake has not come yet.
#[derive(Debug)]
pub(crate) struct Inbound {
    pub remote: SocketAddr,
    pub decoder: Decoder,
}

/// All connections of a session. A slot is reused, an id never: its generation tells.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    slots: Vec<(u32, Route)>,
    free: Vec<u32>,
}

impl Routes {
    /// A new connection.
    pub fn open(&mut self, route: Route) -> ConnectionId {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push((0, Route::Vacant));
            self.slots.len() as u32 - 1
        });
        let (generation, held) = &mut self.slots[slot as usize];
        *held = route;
        ConnectionId { slot, generation: *generation }
    }

    /// The connection, unless it has ended.
    pub fn find(&mut self, id: ConnectionId) -> Option<&mut Route> {
        let (generation, route) = self.slots.get_mut(id.slot())?;
        (*generation == id.generation && !matches!(route, Route::Vacant)).then_some(route)
    }

    /// The same, to be looked at.
    pub fn get(&self, id: ConnectionId) -> Option<&Route> {
        let (generation, route) = self.slots.get(id.slot())?;
        (*generation == id.generation && !matches!(route, Route::Vacant)).then_some(route)
    }

    /// How many connections there are.
    pub fn open_count(&self) -> usize {
        self.slots.iter().filter(|(_, route)| !matches!(route, Route::Vacant)).count()
    }

    /// The connection has ended. False if it had before.
    pub fn close(&mut self, id: ConnectionId) -> bool {
        if self.find(id).is_none() {
            return false;
        }
        let (generation, route) = &mut self.slots[id.slot()];
        *route = Route::Vacant;
        *generation += 1;
        self.free.push(id.slot);
        true
    }
}
