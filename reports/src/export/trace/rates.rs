//! What a peer sends, receives and waits for, between two looks.

use swarmlab_engine::torrent::Totals;

/// What one client, and those before it at the same peer, have counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meter {
    uploaded: u64,
    downloaded: u64,
    /// What the present client had counted when it was last heard.
    known: (u64, u64),
    /// Blocks that it waits for.
    asked: u32,
    /// What was said at the last look.
    said: Said,
    /// What had been counted by then.
    before: (u64, u64),
}

/// What is said of a peer at a look.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Said {
    /// Payload sent, in bits a second.
    pub up_bits_per_s: f64,
    /// Payload received, in bits a second.
    pub down_bits_per_s: f64,
    /// Blocks that it waits for.
    pub asked: u32,
}

impl Meter {
    /// The present client has counted this.
    pub fn note(&mut self, totals: &Totals, asked: u32) {
        self.uploaded += totals.uploaded - self.known.0;
        self.downloaded += totals.downloaded - self.known.1;
        self.known = (totals.uploaded, totals.downloaded);
        self.asked = asked;
    }

    /// The client is gone; the next one counts from zero.
    pub fn client_gone(&mut self) {
        (self.known, self.asked) = ((0, 0), 0);
    }

    /// What there is to say, `span_s` seconds after the last look; `None` if it is the same as then.
    pub fn look(&mut self, span_s: f64) -> Option<Said> {
        let rate = |now: u64, before: u64| (now - before) as f64 * 8.0 / span_s;
        let said = Said {
            up_bits_per_s: rate(self.uploaded, self.before.0),
            down_bits_per_s: rate(self.downloaded, self.before.1),
            asked: self.asked,
        };
        self.before = (self.uploaded, self.downloaded);
        (std::mem::replace(&mut self.said, said) != said).then_some(said)
    }
}
