//! The tests of the reports.

mod export;
mod report;
mod toy_swarm;
mod validation;
