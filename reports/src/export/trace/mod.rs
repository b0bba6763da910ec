//! A run as a trace for Perfetto (<https://ui.perfetto.dev>) and chrome://tracing, in simulated time.
//!
//! | in the trace | of the run |
//! |---|---|
//! | a process | a peer; the first one is the swarm as a whole |
//! | its thread `client` | when its client was there, and was frozen; when it was complete |
//! | a thread of its own for each partner | while a connection stood, and who unchoked whom on it, as the client saw it |
//! | rows `pieces` | each piece from the first request to its verification, or until it was given up or found to be bad |
//! | counters | payload sent and received, bit/s, and blocks asked for that have not come, twice a second |
//! | moments over everything | what the script did |
//!
//! All of it is what the clients say of themselves; no message is read for it.

mod connection;
mod event;
mod host;
mod rates;

use std::io::Write;
use std::time::Duration;

use serde_json::json;
use swarmlab_engine::session::Event;
use swarmlab_engine::time::Time;
use swarmlab_sim::check::{Partner, Seen};
use swarmlab_sim::results::EventRow;
use swarmlab_sim::world::{Cast, Observer};

use super::output::{Extent, Output};
use event::{Reach, Records, Track};
use host::Host;

/// A trace ends when it is so large: Perfetto in a browser opens twice as much.
pub const TRACE_BYTES_MAX: u64 = 256 << 20;
/// Counters have a value so often.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The process that stands for the swarm as a whole, and its only thread.
const SWARM: Track = Track { process: 1, thread: 1 };
/// States of a client.
const PRESENT: &str = "present";
const FROZEN: &str = "frozen";

/// Traces a run.
pub struct Trace<W: Write> {
    records: Records<W>,
    hosts: Vec<Host>,
    names: Vec<String>,
    look_at: Time,
}

impl<W: Write> Trace<W> {
    /// A trace of a run that has not begun.
    pub fn new(output: Output<W>) -> Trace<W> {
        let records = Records::new(output);
        Trace { records, hosts: Vec::new(), names: Vec::new(), look_at: Time::ZERO + LOOK_EVERY }
    }

    /// The file is whole: how far it reaches.
    ///
    /// # Errors
    /// Something could not be written, now or before.
    pub fn finish(self) -> std::io::Result<Extent> {
        self.records.into_output().finish()
    }

    /// The counters, as they were at the times that have passed.
    fn catch_up(&mut self, now: Time) {
        while self.look_at <= now && self.records.is_open() {
            let at = self.look_at;
            self.look_at += LOOK_EVERY;
            if !self.count(at) {
                // So it stays until something happens, and that is now.
                let looks = now.since(at).as_nanos() / LOOK_EVERY.as_nanos();
                self.look_at = at + LOOK_EVERY * (looks as u32 + 1);
            }
        }
    }

    /// Whether there was anything to say.
    fn count(&mut self, at: Time) -> bool {
        let span_s = LOOK_EVERY.as_secs_f64();
        let mut any = false;
        for host in &mut self.hosts {
            if let Some(said) = host.meter.look(span_s) {
                any = true;
                let rates = json!({ "up": said.up_bits_per_s, "down": said.down_bits_per_s });
                self.records.counter(at, host.track(), "payload, bit/s", rates);
                self.records.counter(at, host.track(), "blocks", json!({ "asked for": said.asked }));
            }
        }
        any
    }

    /// Everything that is open ends, and the list with it.
    fn close(&mut self, at: Time, whole: bool) {
        for host in &mut self.hosts {
            host.end(&mut self.records, at);
        }
        self.records.close(at, whole);
    }
}

impl<W: Write + Send> Observer for Trace<W> {
    fn begins(&mut self, cast: &Cast<'_>) {
        let scenario = cast.scenario;
        let swarm = format!("swarm of {}, seed {}", scenario.name, scenario.seed);
        self.records.name_process(SWARM, &swarm);
        self.records.name_thread(SWARM, "script", 0);
        for host in cast.hosts.iter().filter(|host| host.peer.is_some()) {
            let own = Host::new(SWARM.process + 1 + self.hosts.len() as u32);
            self.records.name_process(own.track(), &host.name);
            self.records.name_thread(own.track(), "client", 0);
            self.hosts.push(own);
            self.names.push(host.name.clone());
        }
    }

    fn sees(&mut self, now: Time, peer: u32, seen: &Seen<'_>) {
        if !self.records.is_open() {
            return;
        }
        self.catch_up(now);
        let (records, host) = (&mut self.records, &mut self.hosts[peer as usize]);
        match seen {
            Seen::Came { .. } => host.enter(records, now, PRESENT),
            Seen::Gone => host.end(records, now),
            Seen::Frozen => host.enter(records, now, FROZEN),
            Seen::Thawed => host.leave(records, now, FROZEN),
            Seen::Opened { connection, with: Partner::Peer(with), .. } => host.opened(*connection, *with),
            Seen::Closed { connection, .. } => host.closed(records, now, *connection),
            Seen::Said(Event::PieceVerified { piece, .. }) => {
                host.piece_over(records, now, *piece, "verified")
            }
            Seen::Said(Event::PieceFailed { piece, .. }) => host.piece_over(records, now, *piece, "bad"),
            Seen::Said(Event::Completed { .. }) => host.complete(records, now),
            Seen::Settled(session) => host.look(records, now, session, &self.names),
            _ => {}
        }
        if self.records.is_full() {
            self.close(now, false);
        }
    }

    fn scripted(&mut self, now: Time, event: &EventRow) {
        self.catch_up(now);
        let args = json!({ "event": event.name, "hosts": event.hosts, "peers": event.peers });
        self.records.instant(now, SWARM, Reach::Everything, &event.action, args);
    }

    fn ends(&mut self, now: Time) {
        self.catch_up(now);
        self.close(now, true);
    }
}
