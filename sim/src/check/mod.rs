//! What must hold in every run, and who sees to it.
//!
//! A [`Checker`] looks on while a world runs. It is told what each client is given and what it does, judges the client by
//! the [`PROPERTIES`], and keeps the first [`Violation`]; the world stops there. It believes nothing that a client says
//! of itself where it can know better: the wire it reads with a reader of its own, and what a client may say follows from
//! what that client had been told before. Where a client recounts its own books, the recount is the client's
//! ([`Session::check_invariants`](swarmlab_engine::session::Session::check_invariants)).
//!
//! A message is judged when it is emitted, against what its sender had received by then. What may have been decided
//! earlier, while the socket was full, is judged by every state that held since all was last said.
//!
//! Only clients that run the engine as it is are judged: of a byzantine peer nothing is expected. Looking changes nothing;
//! a run has the same digest with every [`Profile`].

mod books;
mod checked;
mod checker;
mod clocks;
mod conduct;
mod disks;
mod duty;
mod endgame;
mod faults;
mod judge;
mod ledger;
mod links;
mod liveness;
mod pace;
mod profile;
mod property;
mod seen;
mod sights;
mod sometimes;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod stand;
mod streams;
mod swarm;
mod violation;
mod wire;

pub use checked::Checked;
pub use checker::Checker;
pub use profile::Profile;
pub use property::{Kind, PROPERTIES, Property};
pub(crate) use seen::knows_torrent;
pub use seen::{Circumstances, Inhabitant, Partner, Seen, Setting, Surroundings};
pub use sometimes::{Sight, Sometimes};
pub use violation::Violation;
