//! One peer in a trace: its client, its connections, and the pieces that it fetches.

use std::collections::BTreeMap;

use serde_json::json;
use std::io::Write;
use swarmlab_engine::session::{ConnectionId, Session};
use swarmlab_engine::time::Time;
use swarmlab_sim::world::TORRENT;

use super::connection::{Connection, Service};
use super::event::{Reach, Records, Track};
use super::rates::Meter;

/// The first thread that shows a connection: no process has this number. The client's has that of its process, which
/// makes it the main one.
const CONNECTIONS: u32 = 1_000_000;

/// What is open in the trace of a peer.
#[derive(Debug)]
pub struct Host {
    process: u32,
    /// The slices of its client that are open, outermost first.
    client: Vec<&'static str>,
    /// With whom its connections are.
    partners: BTreeMap<ConnectionId, u32>,
    connections: BTreeMap<ConnectionId, Connection>,
    /// The thread of each partner; of several connections with one at a time each has its own.
    threads: BTreeMap<(u32, u32), u32>,
    /// The pieces in progress, by row.
    rows: Vec<Option<u32>>,
    /// What it has sent and received, and asked for.
    pub meter: Meter,
}

impl Host {
    /// A peer that has not come.
    pub fn new(process: u32) -> Host {
        Host {
            process,
            client: Vec::new(),
            partners: BTreeMap::new(),
            connections: BTreeMap::new(),
            threads: BTreeMap::new(),
            rows: Vec::new(),
            meter: Meter::default(),
        }
    }

    /// Where its client is shown.
    pub fn track(&self) -> Track {
        Track { process: self.process, thread: self.process }
    }

    /// A state of its client begins.
    pub fn enter<W: Write>(&mut self, records: &mut Records<W>, at: Time, state: &'static str) {
        records.begin(at, self.track(), state);
        self.client.push(state);
    }

    /// A state of its client ends, if it is in it.
    pub fn leave<W: Write>(&mut self, records: &mut Records<W>, at: Time, state: &'static str) {
        while self.client.contains(&state) {
            records.end(at, self.track());
            self.client.pop();
        }
    }

    /// A connection begins.
    pub fn opened(&mut self, connection: ConnectionId, with: u32) {
        self.partners.insert(connection, with);
    }

    /// A connection is over.
    pub fn closed<W: Write>(&mut self, records: &mut Records<W>, at: Time, connection: ConnectionId) {
        self.partners.remove(&connection);
        if let Some(connection) = self.connections.remove(&connection) {
            // What it was to whom, and that it stood.
            records.end(at, connection.track);
            records.end(at, connection.track);
        }
    }

    /// A piece is verified, or was found to be bad.
    pub fn piece_over<W: Write>(&mut self, records: &mut Records<W>, at: Time, piece: u32, how: &str) {
        if let Some(row) = self.rows.iter().position(|own| *own == Some(piece)) {
            self.rows[row] = None;
            let args = json!({ "end": how });
            records.row_end(at, self.track(), row, &format!("piece {piece}"), args);
        }
    }

    /// It has everything.
    pub fn complete<W: Write>(&mut self, records: &mut Records<W>, at: Time) {
        records.instant(at, self.track(), Reach::Thread, "complete", serde_json::Value::Null);
    }

    /// How its client is, now that it has done everything that followed from what happened.
    pub fn look<W: Write>(
        &mut self,
        records: &mut Records<W>,
        at: Time,
        session: &Session,
        names: &[String],
    ) {
        let mut asked = 0;
        self.connections.values_mut().for_each(|connection| connection.is_there = false);
        for view in session.peers(TORRENT) {
            asked += view.asked;
            let service = Service::of(&view);
            match self.connections.get_mut(&view.connection) {
                Some(connection) => {
                    connection.is_there = true;
                    if std::mem::replace(&mut connection.service, service) != service {
                        records.end(at, connection.track);
                        records.begin(at, connection.track, service.name());
                    }
                }
                None => self.stands(records, at, view.connection, service, names),
            }
        }
        let gone = self.connections.iter().filter(|(_, connection)| !connection.is_there);
        let gone: Vec<ConnectionId> = gone.map(|(id, _)| *id).collect();
        gone.into_iter().for_each(|id| self.closed(records, at, id));
        self.look_at_pieces(records, at, session);
        self.meter.note(&session.progress(TORRENT).totals, asked);
    }

    /// Everything that is open ends.
    pub fn end<W: Write>(&mut self, records: &mut Records<W>, at: Time) {
        let connections: Vec<ConnectionId> = self.connections.keys().copied().collect();
        connections.into_iter().for_each(|connection| self.closed(records, at, connection));
        self.partners.clear();
        let pieces: Vec<u32> = self.rows.iter().flatten().copied().collect();
        pieces.into_iter().for_each(|piece| self.piece_over(records, at, piece, "given up"));
        while let Some(state) = self.client.last() {
            self.leave(records, at, state);
        }
        self.meter.client_gone();
    }

    /// A connection stands.
    fn stands<W: Write>(
        &mut self,
        records: &mut Records<W>,
        at: Time,
        id: ConnectionId,
        service: Service,
        names: &[String],
    ) {
        let Some(&partner) = self.partners.get(&id) else { return };
        let taken = |with: (u32, u32)| self.connections.values().any(|connection| connection.with == with);
        let lane = (0..).find(|&lane| !taken((partner, lane))).unwrap_or_default();
        let with = (partner, lane);
        let next = CONNECTIONS + self.threads.len() as u32;
        let is_new = !self.threads.contains_key(&with);
        let thread = *self.threads.entry(with).or_insert(next);
        let track = Track { process: self.process, thread };
        if is_new {
            let name = &names[partner as usize];
            records.name_thread(track, &format!("with {name}"), partner + 1);
        }
        records.begin(at, track, "connected");
        records.begin(at, track, service.name());
        self.connections.insert(id, Connection { track, with, service, is_there: true });
    }

    fn look_at_pieces<W: Write>(&mut self, records: &mut Records<W>, at: Time, session: &Session) {
        let partials = session.pieces(TORRENT).partials();
        let in_progress = |piece: u32| partials.iter().any(|partial| partial.piece == piece);
        let over: Vec<u32> =
            self.rows.iter().flatten().copied().filter(|&piece| !in_progress(piece)).collect();
        over.into_iter().for_each(|piece| self.piece_over(records, at, piece, "given up"));
        for partial in partials {
            if self.rows.contains(&Some(partial.piece)) {
                continue;
            }
            let row = self.rows.iter().position(Option::is_none).unwrap_or_else(|| {
                self.rows.push(None);
                let row = self.rows.len() - 1;
                records.row(at, self.track(), row, "pieces");
                row
            });
            self.rows[row] = Some(partial.piece);
            records.row_begin(at, self.track(), row, &format!("piece {}", partial.piece));
        }
    }
}
