//! The tests of the simulation that need more than one module.

mod run_directory;
