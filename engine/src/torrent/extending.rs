//! The extension handshake (BEP 10): what we offer, and what a peer does. And which extension a message is of.

use bytes::Bytes;

use crate::session::CloseReason;
use crate::session::context::Context;
use crate::wire::extension::{HANDSHAKE_ID, UT_METADATA_ID, UT_PEX_ID};
use crate::wire::{ExtensionHandshake, Message};

use super::Torrent;

/// Name and version that peers see (BEP 10's `v`).
const CLIENT: &str = concat!("swarmlab ", env!("CARGO_PKG_VERSION"));

impl Torrent {
    /// Whether metadata are exchanged. Those of a private torrent are given to nobody: who may have them has them from its
    /// tracker's site (BEP 27).
    pub(super) fn exchanges_metadata(&self) -> bool {
        !self.is_private()
    }

    /// Whether addresses of peers are exchanged. Never for a private torrent (BEP 27).
    pub(super) fn exchanges_peers(&self) -> bool {
        self.config.peer_exchange && !self.is_private()
    }

    /// Says what we offer. Said again when the metadata have come: then there is a size, and what a private torrent does
    /// not allow is taken back; and when nothing more is wanted (BEP 21).
    pub(super) fn say_extension_handshake(&mut self, cx: &mut Context<'_>, at: usize, again: bool) {
        let number = |offered: bool, id: u8| if offered { Some(id) } else { again.then_some(0) };
        let ours = ExtensionHandshake {
            ut_metadata: number(self.exchanges_metadata(), UT_METADATA_ID),
            ut_pex: number(self.exchanges_peers(), UT_PEX_ID),
            metadata_size: self.raw_metadata().filter(|_| !self.is_private()).map(|raw| raw.len() as u32),
            listen_port: (cx.config.listen_port != 0).then_some(cx.config.listen_port),
            request_queue: Some(self.config.request_queue),
            upload_only: self.is_finished().then_some(true),
            client: Some(CLIENT.into()),
            your_ip: Some(self.peers[at].remote.ip()),
        };
        self.peers[at].say(&Message::Extended { id: HANDSHAKE_ID, payload: ours.encode() });
        self.wake(cx, at);
    }

    /// Nothing more is wanted: those who are connected already hear it as those do who come (BEP 21).
    pub(super) fn say_upload_only(&mut self, cx: &mut Context<'_>) {
        let all: Vec<usize> = self.established().filter(|at| self.peers[*at].extended).collect();
        all.into_iter().for_each(|at| self.say_extension_handshake(cx, at, true));
    }

    /// A message of an extension. Of one that we don't offer it is nothing.
    pub(super) fn hear_extended(
        &mut self,
        cx: &mut Context<'_>,
        at: usize,
        id: u8,
        payload: &Bytes,
    ) -> Result<(), CloseReason> {
        match id {
            HANDSHAKE_ID => self.hear_extension_handshake(cx, at, payload),
            UT_METADATA_ID if self.exchanges_metadata() => return self.hear_metadata(cx, at, payload),
            UT_PEX_ID if self.exchanges_peers() => return self.hear_of_peers(cx, at, payload),
            _ => {}
        }
        Ok(())
    }

    fn hear_extension_handshake(&mut self, cx: &mut Context<'_>, at: usize, payload: &[u8]) {
        let Some(theirs) = ExtensionHandshake::decode(payload) else { return };
        let peer = &mut self.peers[at];
        if let Some(requests) = theirs.request_queue {
            peer.pipeline.limit(requests);
        }
        peer.ut_metadata = theirs.ut_metadata.unwrap_or(peer.ut_metadata);
        peer.ut_pex = theirs.ut_pex.unwrap_or(peer.ut_pex);
        peer.upload_only = theirs.upload_only.unwrap_or(peer.upload_only);
        peer.aside.sees_us_at = theirs.your_ip.or(peer.aside.sees_us_at);
        // Once: who names a new port again and again would fill the address book.
        if let (false, None, Some(port)) = (peer.dialed, peer.aside.listen_port, theirs.listen_port) {
            peer.aside.listen_port = Some(port);
            let address = (peer.remote.ip(), port).into();
            self.addresses.in_use(address);
            self.note_change_of_peers();
        }
        if let Some(size) = theirs.metadata_size {
            self.hear_metadata_size(cx, at, size);
        }
    }
}
