//! Thousands of runs, by whatever starts processes: Slurm, GNU parallel, a CI matrix, a shell.
//!
//! A sweep is a folder. Its manifest says what is to be run: variants of scenarios with the same seeds for each, and the one
//! executable that may run them. Any number of processes, on any machines that see the folder, carry out shards of it; each
//! run leaves two files, whole or not at all, and whoever finds them there has nothing to do. When all are there they are
//! merged into tables that depend on nothing but the manifest, so neither on the number of shards nor on who ran what.
//!
//! What is finished is judged by these files alone, never by what a scheduler says of its tasks. Owns the folder, the shards
//! and the merge; what is varied and how variants are compared is [`compare`](crate::compare), the tables are
//! [`results`](crate::results), and schedulers are the command's.

mod error;
mod exec;
mod files;
mod manifest;
mod merge;
mod part;
mod runs;
mod shard;
mod standing;

pub use error::SweepError;
pub use exec::{Executed, exec};
pub use files::digest_of_file;
pub use manifest::{Manifest, Planned, RUNS_MAX, Sweep};
pub use merge::{Merged, Merging};
pub use runs::SweptRun;
pub use shard::{Shard, ShardError};
pub use standing::Standing;
