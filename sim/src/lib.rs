//! Swarms of real client engines in simulated time.
//!
//! A [`scenario`] says who is there and what lies between them; the [`world`] puts an engine on every host of the
//! [`network`], runs one [event after the other](event_queue), and hands out [`results`]; a [`check`]er may look on. A run is a function of the
//! scenario and its seed: the same events in the same order, each time and everywhere.
//!
//! Like the engine this crate asks no clock and no operating system; what a run cost is measured by whoever started it.

pub mod check;
pub mod compare;
pub mod event_queue;
pub mod explore;
pub mod gate;
pub mod jobs;
pub mod measures;
pub mod network;
pub mod own_picker;
pub mod results;
pub mod scenario;
pub mod sweep;
pub mod turmoil;
pub mod validate;
pub mod world;
pub mod worlds;
