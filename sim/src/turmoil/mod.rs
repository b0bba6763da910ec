//! The turmoil world: the client as it is shipped, its tokio driver included, on sockets that
//! [turmoil](https://docs.rs/turmoil) simulates.
//!
//! In the event world the engine's core runs alone; here the whole client does: tasks, queues, timers, back-pressure,
//! cancellation. Each peer is a turmoil host on which [`Client::start_before`] runs over a [`Net`](swarmlab_engine::client::Net) of
//! turmoil's sockets, one more host serves the tracker. Who comes, goes, and is meddled with, and what is noted of it, is
//! the [`world`](crate::world)'s [`Swarm`], the same code for both worlds; so is the run directory.
//!
//! # What it is for
//! Bugs of the driver, and a second opinion on the event world: `swarmlab worlds` runs both and compares.
//!
//! # The model
//! - **Access links**, which turmoil does not have: each host has a token bucket each way, shared by all of its streams,
//!   whole numbers of nanoseconds on turmoil's clock. A stream hands over at most `network.unit` bytes at a time; they take
//!   turns before a full uplink as in the event network, and packets' heads and acknowledgements are counted as there.
//! - **Latency** is the event network's of each pair, drawn by the same seed, put on turmoil's links.
//! - **The disk** is the shared content's; its jobs are done at once ([`Disk::inline`](swarmlab_engine::client::Disk::inline)).
//!   Bytes that come out of a socket are copies, so every piece that somebody fetches is hashed for real.
//! - **Scripts**: partitions both ways (turmoil holds what is sent and delivers it afterwards, as TCP sends it again),
//!   crashes, departures, rates of groups, everything the tracker can do.
//!
//! # What it is not
//! Turmoil has no congestion control, no loss inside a stream, no queue that drops, and no shared link. What a scenario
//! asks for beyond the model is [refused](refusals) with its place. A tick is [`TICK`] long: within one, hosts run one after
//! the other, and what is sent arrives at the beginning of a later one, so times are exact to a tick. Each tick costs what
//! all hosts and all pairs cost; above [`HOSTS_MAX`] hosts nothing moves any more.
//!
//! # Checks
//! The properties that look at clients are judged as in the event world ([`Checker::of_clients`]); those that look into the
//! event network are not, and timers may be two ticks late. What every peer holds is read back and hashed.
//!
//! [`Client::start_before`]: swarmlab_engine::client::Client::start_before
//! [`Checker::of_clients`]: crate::check::Checker::of_clients
//! [`Swarm`]: crate::world

mod access;
mod courier;
mod eyes;
mod host;
mod lent_store;
mod mailbox;
mod net;
mod outbox;
mod pipe;
mod refusal;
mod resident;
mod script;
mod stream;
mod tracker;
mod turmoil_world;

use std::time::Duration;

use crate::scenario::Scenario;
use crate::world::{Options, Outcome, Watch, WorldError};

pub use refusal::{HOSTS_MAX, refusals};

/// The name of this world in results.
pub const NAME: &str = "turmoil";

/// How long a tick of turmoil's is. Shorter is finer and slower.
pub const TICK: Duration = Duration::from_millis(5);

/// Runs a scenario to its end.
///
/// # Errors
/// The scenario can't be run, or asks for something that this world does not have.
pub fn run(scenario: &Scenario, options: Options, watch: &mut dyn Watch) -> Result<Outcome, WorldError> {
    if let Some(refusal) = refusals(scenario).into_iter().next() {
        return Err(WorldError::Refused(refusal));
    }
    Ok(turmoil_world::TurmoilWorld::new(scenario, options)?.run(watch))
}
