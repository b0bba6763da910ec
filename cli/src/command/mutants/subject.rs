//! What is searched: the program with a bug, the canary, or the program as it is.

use swarmlab_sim::worlds::World;

use super::bug::Bug;

/// The name of the program as it is, where bugs have names.
pub const CLEAN: &str = "clean";
/// Seeds of a round by which the canary must be caught, every one.
const CANARY_SEEDS: u32 = 10;

/// Something to be searched.
#[derive(Clone, Copy)]
pub enum Subject<'a> {
    /// Every seed is run, and none may show anything.
    Clean,
    /// A few seeds are run, and each must show it.
    Canary(&'a Bug),
    /// Seeds are run until one shows it.
    Bug(&'a Bug),
}

impl<'a> Subject<'a> {
    /// All there is to search: first what decides whether the rest is believed.
    pub fn all(bugs: &'a [Bug]) -> Vec<Subject<'a>> {
        let canary = bugs.iter().filter(|bug| bug.canary).map(Subject::Canary);
        let others = bugs.iter().filter(|bug| !bug.canary).map(Subject::Bug);
        canary.chain([Subject::Clean]).chain(others).collect()
    }

    /// The bug, unless there is none.
    pub fn bug(&self) -> Option<&'a Bug> {
        match self {
            Subject::Clean => None,
            Subject::Canary(bug) | Subject::Bug(bug) => Some(bug),
        }
    }

    /// Its name on the command line and in results.
    pub fn name(&self) -> &'a str {
        self.bug().map_or(CLEAN, |bug| &bug.name)
    }

    /// Where it is searched.
    pub fn world(&self) -> World {
        self.bug().map_or(World::Event, |bug| bug.world)
    }

    /// Seeds of one round, of so many that were asked for.
    pub fn seeds(&self, asked: u32) -> u32 {
        if let Subject::Canary(_) = self { asked.min(CANARY_SEEDS) } else { asked }
    }

    /// Whether a round ends with the first seed that shows something.
    pub fn is_over_at_first(&self) -> bool {
        matches!(self, Subject::Bug(_))
    }
}
