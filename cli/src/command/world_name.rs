//! The simulated worlds, as they are called on the command line.

use clap::ValueEnum;
use swarmlab_sim::worlds::World;

/// Where something is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WorldName {
    /// The engine's core on the event network: swarms of any size.
    Event,
    /// The shipped client whole, on turmoil's sockets: up to 60 peers.
    Turmoil,
}

impl From<WorldName> for World {
    fn from(name: WorldName) -> World {
        match name {
            WorldName::Event => World::Event,
            WorldName::Turmoil => World::Turmoil,
        }
    }
}

impl From<World> for WorldName {
    fn from(world: World) -> WorldName {
        match world {
            World::Event => WorldName::Event,
            World::Turmoil => WorldName::Turmoil,
        }
    }
}

impl WorldName {
    /// As it is given.
    pub fn name(self) -> String {
        self.to_possible_value().expect("no name is left out").get_name().to_owned()
    }
}
