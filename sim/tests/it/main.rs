//! Tests of the simulation crate, named by situation.

mod scenario_files;
mod scenario_mistakes;
mod scenario_overrides;
mod scenario_roundtrip;
