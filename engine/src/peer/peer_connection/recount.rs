//! One connection, by itself.

use crate::bitfield::PieceSet;
use crate::invariant::{Broken, must_hold};
use crate::peer::allowed_fast::{ALLOWED_FAST_MAX, GRANTS_KEPT_MAX};

use super::{OUTBOX_BYTES_MAX, PeerConnection};

impl PeerConnection {
    /// Whether the parts of the connection agree, given what we hold or don't want, the disk's jobs for it that are not done, and whether the
    /// user limits what is sent.
    ///
    /// # Errors
    /// What does not hold: a bug in the engine.
    pub fn check_invariants(&self, settled: &PieceSet, reads: usize, is_limited: bool) -> Result<(), Broken> {
        self.pipeline.check_invariants()?;
        self.serve.check_invariants(reads)?;
        self.nothing_before_the_handshakes()?;
        self.interest_is_true(settled)?;
        self.slots_are_for_the_interested()?;
        self.driver_knows_what_waits(is_limited || self.pacer.is_some())?;
        self.lists_are_short()
    }

    fn nothing_before_the_handshakes(&self) -> Result<(), Broken> {
        let is_blank = self.have.is_empty() && self.serve.is_empty() && self.contributor == 0;
        must_hold!(
            self.is_established() || is_blank,
            "S20",
            "{} has said something before its handshake",
            self.remote
        );
        must_hold!(
            self.is_established() == (self.contributor > 0),
            "S9",
            "{} has no number of its own",
            self.remote
        );
        must_hold!(
            self.announced || self.have.is_empty(),
            "S20",
            "{} has pieces, and has not said so",
            self.remote
        );
        Ok(())
    }

    fn interest_is_true(&self, settled: &PieceSet) -> Result<(), Broken> {
        let (remote, least) = (self.remote, self.wanted_at_least);
        let wanted = self.have.count_without(settled);
        must_hold!(
            least <= wanted && (least > 0 || wanted == 0),
            "S23",
            "{remote} has {wanted} pieces that we lack, {least} are counted at least"
        );
        must_hold!(
            self.am_interested == (wanted > 0),
            "S23",
            "{remote} has {wanted} pieces that we lack, and was told otherwise"
        );
        Ok(())
    }

    fn slots_are_for_the_interested(&self) -> Result<(), Broken> {
        let remote = self.remote;
        must_hold!(self.am_choking || self.peer_interested, "S21", "{remote} is unchoked, and wants nothing");
        must_hold!(
            !self.optimistic || !self.am_choking,
            "S21",
            "{remote} is the optimistic unchoke, and is choked"
        );
        Ok(())
    }

    /// Else what waits would wait for ever. The timetable knows of the blocks of those who are limited.
    fn driver_knows_what_waits(&self, is_limited: bool) -> Result<(), Broken> {
        let waits = !self.outbox.is_empty() || (self.serve.is_ready() && !is_limited);
        must_hold!(
            self.ready || !waits,
            "S26",
            "something waits to be sent to {}, and the driver does not know",
            self.remote
        );
        Ok(())
    }

    fn lists_are_short(&self) -> Result<(), Broken> {
        let remote = self.remote;
        // The connection is closed when the limit is passed, but not while others make us say something to it.
        let most = 2 * OUTBOX_BYTES_MAX + self.have.piece_count().div_ceil(8) as usize;
        let bytes = self.outbox.len();
        must_hold!(bytes <= most, "S29", "{bytes} bytes of messages wait for {remote}");
        let (bytes, most) = (self.decoder.available(), self.decoder.available_max());
        must_hold!(bytes < most, "S29", "{bytes} bytes of {remote} wait for the rest of their message");
        let (ours, theirs) = (self.aside.allowed_fast_by_us.len(), self.allowed_fast_by_peer.len());
        must_hold!(ours <= ALLOWED_FAST_MAX, "S29", "{ours} pieces are granted to {remote}");
        must_hold!(theirs <= GRANTS_KEPT_MAX, "S29", "{theirs} pieces granted by {remote} are kept");
        let grants = self.grants;
        must_hold!(grants == (theirs > 0), "S3", "{remote} grants {theirs} pieces, which is known: {grants}");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::peer::Stage;
    use crate::session::ConnectionId;
    use crate::time::Time;

    /// A connection over which both sides want something, unchoked optimistically.
    fn sound() -> PeerConnection {
        let id = ConnectionId { slot: 0, generation: 0 };
        let mut peer = PeerConnection::new(id, ([10, 0, 0, 9], 1).into(), true, Time::ZERO, 4, 500);
        (peer.stage, peer.contributor, peer.announced) = (Stage::Established, 1, true);
        peer.have = PieceSet::full(4);
        (peer.wanted_at_least, peer.am_interested) = (2, true);
        (peer.peer_interested, peer.am_choking, peer.optimistic) = (true, false, true);
        peer
    }

    #[test]
    fn each_wrong_entry_is_found() {
        type Spoil = fn(&mut PeerConnection);
        let cases: [(&str, &str, Spoil); 14] = [
            ("S20", "before its handshake", |peer| peer.stage = Stage::Handshaking),
            ("S9", "no number", |peer| peer.contributor = 0),
            ("S20", "has not said so", |peer| peer.announced = false),
            ("S23", "4 are counted", |peer| peer.wanted_at_least = 4),
            ("S23", "0 are counted", |peer| peer.wanted_at_least = 0),
            ("S23", "told otherwise", |peer| peer.am_interested = false),
            ("S21", "wants nothing", |peer| peer.peer_interested = false),
            ("S21", "is choked", |peer| peer.am_choking = true),
            ("S26", "the driver", |peer| peer.outbox.push(0)),
            ("S29", "of messages", |peer| {
                (peer.ready, peer.outbox) = (true, vec![0; 2 * OUTBOX_BYTES_MAX + 2]);
            }),
            ("S29", "rest of their message", |peer| peer.decoder.push(Bytes::from(vec![0; 65_540]))),
            ("S29", "granted to", |peer| peer.aside.allowed_fast_by_us = vec![0; 65]),
            ("S29", "granted by", |peer| {
                (0..33).for_each(|piece| peer.grant(piece));
            }),
            ("S3", "is known: true", |peer| peer.grants = true),
        ];
        let mut held = PieceSet::empty(4);
        held.insert(2);
        for (property, what, spoil) in cases {
            let mut peer = sound();
            assert_eq!(peer.check_invariants(&held, 0, false), Ok(()));
            spoil(&mut peer);
            let broken = peer.check_invariants(&held, 0, false).unwrap_err();
            assert!(broken.property == property && broken.what.contains(what), "{what}: {broken}");
        }
    }
}
