//! Simulation.

pub mod event_queue;
pub mod network;
pub mod results;
pub mod scenario;
pub mod world;
