//! The registry: each picker by its name, with its rule in a sentence and where that comes from.

use super::{
    Bitos, Deadline, GlobalRarest, Mixed, PiecePicker, Portion, Random, RarestFirst, Sequential, SwarmCopies,
    WholePieces, Window,
};

/// A picker that can be named.
pub struct Entry {
    /// The name by which a configuration or a scenario asks for it.
    pub name: &'static str,
    /// Its rule.
    pub rule: &'static str,
    /// Who has described it, or who uses it.
    pub source: &'static str,
    make: Make,
}

/// How a picker is made.
enum Make {
    /// Of nothing.
    Plain(fn() -> Box<dyn PiecePicker>),
    /// Of what the whole swarm holds, which only a simulation knows.
    Oracle(fn(SwarmCopies) -> Box<dyn PiecePicker>),
}

impl Entry {
    /// Whether it must be told what the whole swarm holds.
    pub fn is_oracle(&self) -> bool {
        matches!(self.make, Make::Oracle(_))
    }
}

/// Each picker. The first is the default.
#[rustfmt::skip]
pub const REGISTRY: &[Entry] = &[
    Entry {
        name: "rarest-first",
        rule: "The first four pieces at random, then what the fewest of its peers have; pieces in progress before others as rare",
        source: "Cohen 2003, Legout et al. 2006; libtorrent's four",
        make: Make::Plain(|| Box::new(RarestFirst::default())),
    },
    Entry {
        name: "random",
        rule: "Pieces in progress, then any",
        source: "Bharambe et al. 2006, the yardstick",
        make: Make::Plain(|| Box::new(Random)),
    },
    Entry {
        name: "sequential",
        rule: "The lowest index first, begun or not",
        source: "the naive player; libtorrent's sequential_download",
        make: Make::Plain(|| Box::new(Sequential)),
    },
    Entry {
        name: "rarest-first-pure",
        rule: "Rarest first from the first piece on",
        source: "Legout et al. 2006, without the random first policy",
        make: Make::Plain(|| Box::new(RarestFirst { random_first: 0 })),
    },
    Entry {
        name: "rarest-first-late",
        rule: "Rarest first after sixteen pieces at random",
        source: "Legout et al. 2006, the random first policy at length",
        make: Make::Plain(|| Box::new(RarestFirst { random_first: 16 })),
    },
    Entry {
        name: "global-rarest",
        rule: "What the fewest peers of the whole swarm have: an oracle, in simulations only",
        source: "Legout et al. 2006, global knowledge",
        make: Make::Oracle(|copies| Box::new(GlobalRarest::new(copies))),
    },
    Entry {
        name: "whole-pieces",
        rule: "As rarest-first, but who would send a whole piece within 20 s gets one of its own",
        source: "libtorrent, whole_pieces_threshold",
        make: Make::Plain(|| Box::new(WholePieces)),
    },
    Entry {
        name: "window",
        rule: "The rarest piece in a window that begins at the playhead, then the rarest of all",
        source: "Shah and Pâris 2007",
        make: Make::Plain(|| Box::new(Window)),
    },
    Entry {
        name: "bitos",
        rule: "With probability 0.8 the rarest of the next missing pieces, as many as the window is long, else the rarest of the others",
        source: "BiToS: Vlavianos, Iliofotou and Faloutsos 2006",
        make: Make::Plain(|| Box::new(Bitos)),
    },
    Entry {
        name: "portion",
        rule: "With probability 0.5 the lowest index, else the rarest piece",
        source: "Carlsson and Eager 2007",
        make: Make::Plain(|| Box::new(Portion)),
    },
    Entry {
        name: "mixed",
        rule: "The rarest piece in the far half of the window; in order in its near half if there is none; then the rarest of all",
        source: "Zhou, Chiu and Lui 2007",
        make: Make::Plain(|| Box::new(Mixed)),
    },
    Entry {
        name: "deadline",
        rule: "In order what the player needs within the window; everything else as rarest-first",
        source: "libtorrent, set_piece_deadline",
        make: Make::Plain(|| Box::new(Deadline)),
    },
];

/// The names by which a configuration or a scenario asks for a picker.
pub const NAMES: &[&str] = &{
    let mut names = [""; REGISTRY.len()];
    let mut at = 0;
    while at < REGISTRY.len() {
        names[at] = REGISTRY[at].name;
        at += 1;
    }
    names
};

/// The picker with this name. `copies` is what the whole swarm holds, for whoever knows it.
///
/// # Errors
/// There is none of this name, or it needs to know the whole swarm.
pub fn make(name: &str, copies: Option<&SwarmCopies>) -> Result<Box<dyn PiecePicker>, PickerError> {
    let entry = REGISTRY
        .iter()
        .find(|entry| entry.name == name)
        .ok_or_else(|| PickerError::Unknown(name.to_owned()))?;
    match (&entry.make, copies) {
        (Make::Plain(make), _) => Ok(make()),
        (Make::Oracle(make), Some(copies)) => Ok(make(copies.clone())),
        (Make::Oracle(_), None) => Err(PickerError::Oracle(entry.name)),
    }
}

/// Why there is no picker.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PickerError {
    /// Nobody knows it.
    #[error("there is no picker named {0:?}")]
    Unknown(String),
    /// It needs what no client of a real swarm can know.
    #[error(
        "the picker {0:?} has to be told what every peer of the swarm holds, which only a simulation can: \
         a client in a real swarm takes another, {first:?} for instance",
        first = NAMES[0]
    )]
    Oracle(&'static str),
}
