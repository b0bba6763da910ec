//! Simulation.

pub mod event_queue;
