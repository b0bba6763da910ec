//! The tests of the reports.

mod report;
mod toy_swarm;
mod validation;
