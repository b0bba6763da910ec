//! Real sessions joined by pipes in memory.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use rand_xoshiro::rand_core::SeedableRng;
use swarmlab_engine::random::{Rng, below};
use swarmlab_engine::session::{ConnectionId, Endpoint, Input};
use swarmlab_engine::time::Time;

use super::Client;

/// How the bytes of a pipe are cut.
pub enum Cuts {
    /// Room for whole blocks, delivered as they are.
    None,
    /// Room for 1 to 20,000 bytes at a time, delivered in up to four fragments.
    Random(Rng),
}

impl Cuts {
    pub fn random(seed: u64) -> Cuts {
        Cuts::Random(Rng::seed_from_u64(seed))
    }

    fn budget(&mut self) -> usize {
        match self {
            Cuts::None => 64 * 1024,
            Cuts::Random(rng) => 1 + below(rng, 20_000) as usize,
        }
    }

    fn cut(&mut self, mut data: Bytes) -> Vec<Bytes> {
        let Cuts::Random(rng) = self else { return vec![data] };
        let mut fragments = Vec::new();
        for _ in 0..below(rng, 4) {
            fragments.push(data.split_to(below(rng, data.len() as u32 + 1) as usize));
        }
        fragments.push(data);
        fragments
    }
}

/// One side of a pipe.
type End = (usize, ConnectionId);

/// What has left one client and not come to another.
enum Flight {
    Dial { from: End, to: Endpoint },
    Input { to: usize, input: Input },
    Bytes { to: End, data: Bytes },
}

/// Clients, the pipes between them, and the time.
pub struct Swarm {
    pub now: Time,
    pub clients: Vec<Client>,
    log: Vec<(Time, usize, String)>,
    cuts: Cuts,
    pipes: BTreeMap<End, End>,
    flights: VecDeque<Flight>,
    dialled: u16,
}

impl Swarm {
    pub fn new(clients: Vec<Client>, cuts: Cuts) -> Swarm {
        Swarm {
            now: Time::ZERO,
            clients,
            log: Vec::new(),
            cuts,
            pipes: BTreeMap::new(),
            flights: VecDeque::new(),
            dialled: 0,
        }
    }

    /// Every input in the order in which it was delivered.
    pub fn log(&self) -> &[(Time, usize, String)] {
        &self.log
    }

    /// Delivers what is on its way, then sends on what the clients want to send: one hop for everything. False if
    /// nothing was on its way and nothing is now.
    pub fn step(&mut self) -> bool {
        let arriving = std::mem::take(&mut self.flights);
        let busy = !arriving.is_empty();
        for flight in arriving {
            self.deliver(flight);
        }
        for at in 0..self.clients.len() {
            self.send(at);
        }
        busy || !self.flights.is_empty()
    }

    /// Steps until nothing more happens at this moment.
    pub fn drive(&mut self) {
        while self.step() {}
    }

    /// Everything that happens within this span.
    pub fn advance(&mut self, span: Duration) {
        let end = self.now + span;
        self.drive();
        while let Some(due) = self.clients.iter().filter_map(|client| client.session.poll_timeout()).min()
            && due <= end
        {
            self.now = self.now.max(due);
            self.clients.iter_mut().for_each(|client| client.timeout(self.now));
            self.drive();
        }
        self.now = end;
    }

    /// Lets a second pass at a time until `done`, or panics after `limit`.
    pub fn run_until(&mut self, limit: Duration, done: impl Fn(&Swarm) -> bool) {
        let end = self.now + limit;
        self.drive();
        while !done(self) {
            assert!(self.now < end, "not done within {limit:?}");
            self.advance(Duration::from_secs(1));
        }
    }

    /// Where the bytes go that a client sends on a connection.
    pub fn other_end(&self, client: usize, connection: ConnectionId) -> Option<(usize, ConnectionId)> {
        self.pipes.get(&(client, connection)).copied()
    }

    pub fn all_complete(&self) -> bool {
        self.clients.iter().all(Client::is_complete)
    }

    fn deliver(&mut self, flight: Flight) {
        match flight {
            Flight::Dial { from, to } => self.dial(from, to),
            Flight::Input { to, input } => {
                self.log.push((self.now, to, format!("{input:?}")));
                self.clients[to].input(self.now, input);
            }
            Flight::Bytes { to: (to, connection), data } => {
                self.log.push((self.now, to, format!("{connection}: {data:?}")));
                self.clients[to].receive(self.now, connection, data);
            }
        }
    }

    fn dial(&mut self, from: End, to: Endpoint) {
        self.dialled += 1;
        let remote = SocketAddr::new(self.clients[from.0].address.ip(), 40_000 + self.dialled);
        let called = self.clients.iter().position(|client| Endpoint::Address(client.address) == to);
        let accepted = called.and_then(|at| Some((at, self.clients[at].session.accept(self.now, remote)?)));
        let Some(to) = accepted else {
            return self.clients[from.0].input(self.now, Input::Closed { connection: from.1 });
        };
        self.pipes.insert(from, to);
        self.pipes.insert(to, from);
        self.clients[from.0].input(self.now, Input::Connected { connection: from.1 });
    }

    fn send(&mut self, at: usize) {
        while let Some((connection, to)) = self.clients[at].dials.pop_front() {
            self.flights.push_back(Flight::Dial { from: (at, connection), to });
        }
        while let Some(done) = self.clients[at].work() {
            self.flights.push_back(Flight::Input { to: at, input: Input::Disk(done) });
        }
        let ready: Vec<ConnectionId> = self.clients[at].ready.iter().copied().collect();
        for connection in ready {
            self.transmit((at, connection));
        }
        while let Some(connection) = self.clients[at].closes.pop_front() {
            self.close((at, connection));
        }
    }

    fn transmit(&mut self, from: End) {
        let budget = self.cuts.budget();
        let Some(transmit) = self.clients[from.0].pull(self.now, from.1, budget) else {
            self.clients[from.0].ready.remove(&from.1);
            return;
        };
        let Some(&to) = self.pipes.get(&from) else { return };
        for part in [transmit.head, transmit.body] {
            for data in self.cuts.cut(part).into_iter().filter(|data| !data.is_empty()) {
                self.flights.push_back(Flight::Bytes { to, data });
            }
        }
    }

    fn close(&mut self, from: End) {
        let Some((to, connection)) = self.pipes.remove(&from) else { return };
        self.pipes.remove(&(to, connection));
        self.flights.push_back(Flight::Input { to, input: Input::Closed { connection } });
    }
}
