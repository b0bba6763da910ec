//! What others may rely on, whatever a swarm looks like. Who checks a client holds its choker to this, and to no more.

/// What a choker promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// How many it unchokes.
    pub slots: Slots,
    /// Whether everybody who stays interested is unchoked in the end.
    pub turn: Turn,
    /// What earns a slot, but for the optimistic one.
    pub merit: Option<Merit>,
    /// Whether it limits what those are sent whom it unchokes: then each block may have to wait for its time.
    pub limits: bool,
}

impl Promise {
    /// At most so many are unchoked where so many slots are configured, if it follows from that alone.
    pub fn unchoked_max(&self, configured: usize) -> Option<usize> {
        match self.slots {
            Slots::Configured => Some(configured),
            Slots::Own => (configured == 0).then_some(0),
            Slots::None => Some(0),
        }
    }
}

/// How many are unchoked at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slots {
    /// As many as are configured, or all who are interested if they are fewer.
    Configured,
    /// As many as it finds right, at least one if anybody is interested; nobody if no slots are configured.
    Own,
    /// Nobody.
    None,
}

/// How long somebody waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A turn takes 30 s, and whoever has waited longest is next.
    Queue,
    /// Each time the optimistic unchoke changes, everybody who waits has a lot, and newcomers have three.
    Lottery,
    /// Nobody can count on a turn.
    Uncertain,
}

/// What earns a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merit {
    /// What a peer has sent us lately.
    Sent,
    /// What a peer has taken from us lately.
    Taken,
}
