//! What this project's client has chosen beyond what the protocol demands of it (S33 to S39, S41, S43, S46, S48): the rules of
//! its picker and of its choker, its patience, whom it turns away, and the limits that it is set.
//!
//! All of it follows from what a client was told and has said. What it said late, since the socket was full, was decided
//! at a time that nobody knows from outside; of that nothing is said.

mod clients;
mod full_disk;
mod limits;
mod merit;
mod parole;
mod patience;
mod picking;
mod pipelining;
mod prompt;
mod silence;
mod standing;
mod suggesting;
mod super_seeding;
#[cfg(test)]
mod tests;

use super::swarm::Watcher;

/// The judges of conduct.
pub fn judges() -> Vec<Box<dyn Watcher>> {
    vec![
        Box::new(picking::Picking::default()),
        Box::new(parole::Parole::default()),
        Box::new(merit::Merit::default()),
        Box::new(patience::Patience::default()),
        Box::new(standing::Standing::default()),
        Box::new(silence::Silence::default()),
        Box::new(pipelining::Pipelining::default()),
        Box::new(full_disk::FullDisk::default()),
        Box::new(suggesting::Suggesting::default()),
        Box::new(super_seeding::SuperSeeding::default()),
        Box::new(limits::Limits::default()),
    ]
}
