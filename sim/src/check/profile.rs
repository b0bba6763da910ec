//! How much is asked of a client.

use super::Kind;

/// What is checked in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// Nothing: the fastest.
    #[default]
    Off,
    /// What a BEP demands of every client, and what the simulation demands of itself.
    Lenient,
    /// Also the choices of this project's own client.
    Strict,
}

impl Profile {
    /// Every profile, by the name that people write.
    pub const NAMES: &[(&'static str, Profile)] =
        &[("off", Profile::Off), ("lenient", Profile::Lenient), ("strict", Profile::Strict)];

    /// Whether properties of this kind are judged.
    pub fn judges(self, kind: Kind) -> bool {
        match kind {
            Kind::Must => self >= Profile::Lenient,
            Kind::Policy => self >= Profile::Strict,
        }
    }
}
