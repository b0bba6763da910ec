//! The simulated worlds side by side: one scenario, one seed, and whether both say the same.
//!
//! The [event world](crate::world) is the project's own, the [turmoil world](crate::turmoil) runs the shipped client whole
//! on somebody else's simulator. Where both end within a few percent of each other, neither the event network nor the
//! driver can be far wrong; where they don't, one of them is to be mended.

mod agreement;
mod page;
mod runner;

use serde::{Deserialize, Serialize};

use crate::scenario::{Refusal, Scenario};
use crate::world::{Options, Outcome, Watch, WorldError};
use crate::{turmoil, world};

pub use agreement::{AGREES_WITHIN, Agreement, Comparison, Run};
pub use page::page;
pub use runner::{Plan, compare};

/// A world in which a scenario can be simulated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum World {
    /// The engine's core on the event network.
    #[default]
    Event,
    /// The shipped client on turmoil's sockets.
    Turmoil,
}

impl World {
    /// Runs a scenario to its end.
    ///
    /// # Errors
    /// It can't be run, or not in this world.
    pub fn run(
        self,
        scenario: &Scenario,
        options: Options,
        watch: &mut dyn Watch,
    ) -> Result<Outcome, WorldError> {
        match self {
            World::Event => world::run(scenario, options, watch),
            World::Turmoil => turmoil::run(scenario, options, watch),
        }
    }

    /// What this world can't do of a scenario.
    pub fn refusals(self, scenario: &Scenario) -> Vec<Refusal> {
        match self {
            World::Event => Vec::new(),
            World::Turmoil => turmoil::refusals(scenario),
        }
    }
}
