//! Simulation.

pub mod event_queue;
pub mod network;
