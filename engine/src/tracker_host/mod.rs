//! The tracker's driver on tokio: puts a [`TrackerServer`] on sockets, over HTTP and over UDP at the same port.
//!
//! A task for each listening address accepts, one for each connection reads a request and writes its answer, one for each
//! address answers datagrams. Whoever has a request asks the one server, which answers at once. No protocol decision
//! lives here; like the client's driver it is generic over [`Net`].

mod datagrams;
mod requests;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::SeedableRng;
use tokio::time::Instant;

use crate::client::Net;
use crate::client::bound::Bound;
use crate::client::task::Task;
use crate::random::Rng;
use crate::time::Time;
use crate::tracker::TrackerServer;
use crate::tracker::server::{Access, ServerConfig, Statistics};

pub use requests::{CONNECTIONS_MAX, REQUEST_TIMEOUT};

/// A running tracker. Dropping it ends everything at once: nobody waits for more than an answer.
pub struct TrackerHost {
    desk: Arc<Desk>,
    listening: Vec<SocketAddr>,
    _tasks: Vec<Task>,
}

impl TrackerHost {
    /// Starts a tracker on the runtime of the caller, at these addresses; port 0 takes any. `seed` decides which peers
    /// are given out.
    ///
    /// # Errors
    /// Nobody can listen at one of the addresses.
    pub async fn start<N: Net>(
        net: N,
        listen: &[SocketAddr],
        config: ServerConfig,
        seed: u64,
    ) -> io::Result<TrackerHost> {
        let (net, desk) = (Arc::new(net), Arc::new(Desk::new(config, seed)));
        let (mut listening, mut tasks) = (Vec::new(), Vec::new());
        for address in listen {
            let Bound { listener, datagrams, address } = Bound::listening(&*net, *address).await?;
            let requests = listener.map(|listener| requests::accept(net.clone(), listener, desk.clone()));
            tasks.extend(requests.map(Task::spawn));
            tasks.push(Task::spawn(datagrams::answer(net.clone(), datagrams, desk.clone())));
            listening.push(address);
        }
        Ok(TrackerHost { desk, listening, _tasks: tasks })
    }

    /// Where it is asked.
    pub fn listening(&self) -> &[SocketAddr] {
        &self.listening
    }

    /// What it has served until now, and whom it knows.
    pub fn statistics(&self) -> Statistics {
        let now = self.desk.now();
        self.desk.clerk().server.statistics(now)
    }

    /// From now on this is served, to these.
    pub fn set_access(&self, access: Access) {
        self.desk.clerk().server.set_access(access);
    }
}

/// The one server, and the time.
struct Desk {
    start: Instant,
    clerk: Mutex<Clerk>,
}

struct Clerk {
    server: TrackerServer,
    rng: Rng,
}

impl Desk {
    fn new(config: ServerConfig, seed: u64) -> Desk {
        let clerk = Clerk { server: TrackerServer::new(config), rng: Rng::seed_from_u64(seed) };
        Desk { start: Instant::now(), clerk: Mutex::new(clerk) }
    }

    fn answer(&self, from: IpAddr, request: &[u8]) -> Vec<u8> {
        let now = self.now();
        let Clerk { server, rng } = &mut *self.clerk();
        server.answer(now, from, request, rng)
    }

    fn answer_datagram(&self, from: SocketAddr, datagram: &[u8]) -> Option<Vec<u8>> {
        let now = self.now();
        let Clerk { server, rng } = &mut *self.clerk();
        server.answer_datagram(now, from, datagram, rng)
    }

    fn now(&self) -> Time {
        let nanos = self.start.elapsed().as_nanos();
        Time::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// Nothing that a panic could leave half done is of any harm to the next request.
    fn clerk(&self) -> MutexGuard<'_, Clerk> {
        self.clerk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
