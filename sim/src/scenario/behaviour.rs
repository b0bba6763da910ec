//! `behaviour`: whether the peers of a group keep to the protocol.

/// How a group's peers behave: as the engine does, or breaking one rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Behaviour {
    /// `"honest"`: the engine as it is.
    #[default]
    Honest,
    /// `"corrupts"`: sends some blocks with flipped bytes.
    Corrupts,
    /// `"never-sends"`: announces, unchokes, and never sends a block.
    NeverSends,
    /// `"lies-have-all"`: claims pieces that it does not have.
    LiesHaveAll,
    /// `"floods-have"`: sends HAVE messages without end.
    FloodsHave,
    /// `"trickles"`: sends a byte a second.
    Trickles,
    /// `"flaps-choke"`: chokes and unchokes without rest.
    FlapsChoke,
    /// `"ignores-cancel"`: sends what was cancelled all the same.
    IgnoresCancel,
    /// `"sends-unasked"`: sends blocks that nobody asked for.
    SendsUnasked,
    /// `"rejects-all"`: refuses every request (BEP 6).
    RejectsAll,
    /// `"free-rides"`: takes from many and uploads nothing.
    FreeRides,
}

impl Behaviour {
    /// Every behaviour by its name, the honest one first.
    pub const NAMES: &[(&str, Behaviour)] = &[
        ("honest", Behaviour::Honest),
        ("corrupts", Behaviour::Corrupts),
        ("never-sends", Behaviour::NeverSends),
        ("lies-have-all", Behaviour::LiesHaveAll),
        ("floods-have", Behaviour::FloodsHave),
        ("trickles", Behaviour::Trickles),
        ("flaps-choke", Behaviour::FlapsChoke),
        ("ignores-cancel", Behaviour::IgnoresCancel),
        ("sends-unasked", Behaviour::SendsUnasked),
        ("rejects-all", Behaviour::RejectsAll),
        ("free-rides", Behaviour::FreeRides),
    ];
}
