//! A connection in a trace: who serves whom.

use swarmlab_engine::torrent::PeerView;

use super::event::Track;

/// Who serves whom on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    ours: bool,
    theirs: bool,
}

impl Service {
    /// As a client sees it.
    pub fn of(view: &PeerView) -> Service {
        Service { ours: view.unchoked_by_us, theirs: view.unchoked_by_peer }
    }

    /// In the words of the protocol.
    pub fn name(self) -> &'static str {
        match (self.ours, self.theirs) {
            (false, false) => "choked both ways",
            (true, false) => "unchokes it",
            (false, true) => "unchoked by it",
            (true, true) => "unchoked both ways",
        }
    }
}

/// An established connection.
#[derive(Clone, Copy, Debug)]
pub struct Connection {
    /// Where it is shown.
    pub track: Track,
    /// The peer at the other end, and which of the connections with it at a time.
    pub with: (u32, u32),
    /// Who serves whom now.
    pub service: Service,
    /// The client has spoken of it lately.
    pub is_there: bool,
}
