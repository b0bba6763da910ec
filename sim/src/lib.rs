//! Simulation.

pub mod results;
pub mod scenario;
