//! Tests of the simulation that need more than one module, named by situation.

mod bad_input;
mod byzantine;
mod chokers;
mod churn;
mod every_scenario;
mod explore;
mod faults;
mod liveness;
mod network_paths;
mod recorded;
mod regressions;
mod rig;
mod run_directory;
mod scenario_files;
mod scenario_mistakes;
mod scenario_overrides;
mod scenario_roundtrip;
mod scenario_schema;
mod scenario_strategy;
mod scenario_traces;
mod script;
mod swarms;
mod turmoil;
mod udp_tracker;
mod watching;
