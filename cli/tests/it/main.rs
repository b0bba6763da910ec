//! Tests of the command as a person or a script meets it, one binary, a file for each situation.

mod comparisons;
mod explorations;
mod gates;
mod help;
mod kills;
mod make_and_show;
mod mistakes;
mod mutants;
mod running;
mod selecting;
mod simulations;
mod swarm;
mod swarmlab;
mod sweeps;
mod trackers;
mod validations;
mod worlds;
