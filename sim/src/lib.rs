//! Simulation.

pub mod results;
