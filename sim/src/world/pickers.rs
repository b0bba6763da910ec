//! Pickers that a program brings along, beside those of the engine.

use swarmlab_engine::picker::{self, PickerError, PiecePicker, SwarmCopies};

type Make = Box<dyn Fn(&SwarmCopies) -> Box<dyn PiecePicker>>;

/// The pickers that the clients of a run can have: those of the engine's registry, and any others.
///
/// The guide in [`own_picker`](crate::own_picker) shows it in use.
#[derive(Default)]
pub struct Pickers {
    own: Vec<(&'static str, Make)>,
}

impl Pickers {
    /// The engine's, and no others.
    pub(super) const NONE: &'static Pickers = &Pickers { own: Vec::new() };

    /// And one more, under this name; it is taken before one of the engine's that is called the same. `make` is called for
    /// each client, with what the whole swarm holds, which is for oracles and of no concern to any other.
    #[must_use]
    pub fn with<P: PiecePicker + 'static>(
        mut self,
        name: &'static str,
        make: impl Fn(&SwarmCopies) -> P + 'static,
    ) -> Pickers {
        self.own.push((name, Box::new(move |copies| Box::new(make(copies)))));
        self
    }

    pub(super) fn make(&self, name: &str, copies: &SwarmCopies) -> Result<Box<dyn PiecePicker>, PickerError> {
        match self.own.iter().find(|(own, _)| *own == name) {
            Some((_, make)) => Ok(make(copies)),
            None => picker::make(name, Some(copies)),
        }
    }
}
