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
    /// `"repeats-have"`: announces what it has again and again.
    RepeatsHave,
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
    /// Every behaviour by its name, the honest one first, and what to say about it.
    pub const NAMES: &[(&str, Behaviour, &str)] = &[
        ("honest", Behaviour::Honest, "The engine as it is."),
        ("corrupts", Behaviour::Corrupts, "Sends some blocks with flipped bytes."),
        ("never-sends", Behaviour::NeverSends, "Announces, unchokes, and never sends a block."),
        ("lies-have-all", Behaviour::LiesHaveAll, "Claims pieces that it does not have."),
        ("floods-have", Behaviour::FloodsHave, "Sends HAVE messages without end."),
        ("repeats-have", Behaviour::RepeatsHave, "Announces what it has again and again."),
        ("trickles", Behaviour::Trickles, "Sends a byte a second."),
        ("flaps-choke", Behaviour::FlapsChoke, "Chokes and unchokes without rest."),
        ("ignores-cancel", Behaviour::IgnoresCancel, "Sends what was cancelled all the same."),
        ("sends-unasked", Behaviour::SendsUnasked, "Sends blocks that nobody asked for."),
        ("rejects-all", Behaviour::RejectsAll, "Refuses every request (BEP 6)."),
        ("free-rides", Behaviour::FreeRides, "Takes from many and uploads nothing."),
    ];
}
