//! Simulation.

pub mod scenario;
