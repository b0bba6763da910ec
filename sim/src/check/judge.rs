//! What all who judge share: the time, the setting, and where they put down what they find.

use swarmlab_engine::time::Time;

use crate::scenario::Action;

use super::{Circumstances, Property, Seen, Setting, Sight, Sometimes, Violation};

/// Somebody who judges some of the properties.
pub trait Judge: Send {
    /// A peer's client was given something, or did something.
    fn see(&mut self, bench: &mut Bench<'_>, peer: u32, seen: &Seen<'_>);

    /// The script does something, to these peers.
    fn scripted(&mut self, _bench: &mut Bench<'_>, _action: &Action, _peers: &[u32]) {}

    /// An event is over.
    fn step(&mut self, _bench: &mut Bench<'_>, _circumstances: &Circumstances<'_>) {}

    /// The run is over.
    fn end(&mut self, _bench: &mut Bench<'_>) {}
}

/// Where judgement is given.
pub struct Bench<'a> {
    /// The simulated time.
    pub now: Time,
    /// What was known before the run.
    pub setting: &'a Setting,
    pub(super) violation: &'a mut Option<Violation>,
    pub(super) sometimes: &'a mut Sometimes,
}

impl Bench<'_> {
    /// A property does not hold. Only the first one of a run counts, and only if its kind is judged.
    pub fn violated(
        &mut self,
        id: &'static str,
        peers: impl IntoIterator<Item = u32>,
        what: impl Into<String>,
        wire: impl IntoIterator<Item = String>,
    ) {
        let property = Property::of(id);
        if self.violation.is_none() && self.setting.profile.judges(property.kind) {
            *self.violation = Some(Violation {
                property,
                at: self.now,
                peers: peers.into_iter().collect(),
                what: what.into(),
                wire: wire.into_iter().collect(),
            });
        }
    }

    /// Something was seen that every long search must see.
    pub fn sometimes(&mut self, sight: Sight) {
        self.sometimes.count(sight);
    }
}
