//! What is planted in the pool, for the gate to find or to leave alone.

use serde::{Deserialize, Serialize};
use swarmlab_engine::picker::{PickView, PiecePicker, Random, RarestFirst};
use swarmlab_engine::random::{Rng, below};

use crate::scenario::{Access, Scenario};
use crate::world::Pickers;

/// The slowdown that is none.
const SHAKE: f64 = 1e-6;
/// The grain of a careless picker's share.
const GRAIN: u32 = 1_000_000;

/// A change of a scenario's clients.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Planted {
    /// None at all.
    Nothing,
    /// Every uplink is slower by a millionth. A swarm is chaotic: that changes which block comes when, and from there on
    /// everything, while it changes no mean that could be measured. It stands for a commit that makes nothing worse.
    Shaken,
    /// Every uplink is slower by this share, which is what a client that leaves so much of its uplink unused amounts to.
    Slower(f64),
    /// The picker `rarest-first` is one that makes this share of its choices at random.
    Careless(f64),
}

impl Planted {
    /// The scenario with the change; nothing if its links are given by a measured mix and would have to be slower.
    pub(super) fn into(self, scenario: &Scenario) -> Option<Scenario> {
        match self {
            Planted::Nothing | Planted::Careless(_) => Some(scenario.clone()),
            Planted::Shaken => slowed(scenario, SHAKE),
            Planted::Slower(share) => slowed(scenario, share),
        }
    }

    /// The pickers of its clients.
    pub(super) fn pickers(self) -> Pickers {
        match self {
            Planted::Careless(share) => {
                Pickers::default().with("rarest-first", move |_| Careless::new(share))
            }
            Planted::Nothing | Planted::Shaken | Planted::Slower(_) => Pickers::default(),
        }
    }
}

/// The scenario with every uplink slower by this share.
fn slowed(scenario: &Scenario, share: f64) -> Option<Scenario> {
    let slow = |bits_per_s: &mut u64| *bits_per_s = (*bits_per_s as f64 * (1.0 - share)).round() as u64;
    let mut scenario = scenario.clone();
    for group in &mut scenario.groups {
        match &mut group.access {
            Access::Own(link) => slow(&mut link.up_bits_per_s),
            Access::Mix { .. } => return None,
        }
        group.rates.steps.iter_mut().filter_map(|step| step.up_bits_per_s.as_mut()).for_each(slow);
    }
    Some(scenario)
}

/// Rarest first with a bug: now and then it takes any piece.
struct Careless {
    careful: RarestFirst,
    of_a_million: u32,
}

impl Careless {
    fn new(share: f64) -> Careless {
        Careless { careful: RarestFirst::default(), of_a_million: (share * f64::from(GRAIN)).round() as u32 }
    }
}

impl PiecePicker for Careless {
    fn pick(&self, view: &PickView<'_>, rng: &mut Rng) -> Option<u32> {
        match below(rng, GRAIN) < self.of_a_million {
            true => Random.pick(view, rng),
            false => self.careful.pick(view, rng),
        }
    }
}
