//! Streams: what one end receives is what the other has sent, from the beginning, in order, nothing twice, and only as
//! long as both are there and nothing lies between them.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use bytes::{Buf, Bytes};

use swarmlab_engine::session::ConnectionId;
use swarmlab_engine::time::Time;

use crate::network::{DisturbanceId, Effect, EndId, HostSet, Network};

use super::judge::{Bench, Judge};
use super::{Circumstances, Partner, Seen};

/// Follows every stream between two peers.
#[derive(Default)]
pub struct Streams {
    hosts: Vec<Host>,
    ends: BTreeMap<EndId, End>,
    cuts: Vec<Cut>,
}

/// A peer's host.
#[derive(Default)]
struct Host {
    ends: BTreeMap<ConnectionId, EndId>,
    /// When it last went on after it was frozen: what has waited for it comes then, all at once.
    thawed: Option<Time>,
}

/// One end of a stream, and what was sent there and is still to arrive.
struct End {
    peer: u32,
    with: Partner,
    stands: bool,
    sent: VecDeque<(Bytes, Time)>,
    /// Bytes sent here that the other end has received.
    arrived: u64,
    /// Nobody reads here any more.
    is_closed: bool,
    /// Its host is gone.
    is_dead: bool,
}

/// Nothing passes from some hosts to others.
struct Cut {
    id: DisturbanceId,
    from: HostSet,
    to: HostSet,
    since: Time,
}

impl Judge for Streams {
    fn see(&mut self, bench: &mut Bench<'_>, peer: u32, seen: &Seen<'_>) {
        let place = peer as usize;
        if self.hosts.len() <= place {
            self.hosts.resize_with(place + 1, Host::default);
        }
        match seen {
            Seen::Opened { connection, end, with, dialled } => {
                self.hosts[place].ends.insert(*connection, *end);
                self.ends.insert(*end, End::new(peer, *with, !dialled));
            }
            Seen::Connected(connection) => {
                if let Some(end) = self.end(peer, *connection) {
                    end.stands = true;
                }
            }
            Seen::Sent(connection, transmit) => {
                for chunk in [&transmit.head, &transmit.body] {
                    self.send(bench.now, peer, *connection, chunk);
                }
            }
            Seen::Received(connection, data) => {
                if let Err(what) = self.receive(bench, peer, *connection, data) {
                    bench.violated("S27", [peer], what, []);
                }
            }
            Seen::Closed { connection, by_itself } => self.close(peer, *connection, *by_itself),
            Seen::Thawed => self.hosts[place].thawed = Some(bench.now),
            Seen::Gone => self.leave(peer),
            _ => {}
        }
    }

    fn step(&mut self, bench: &mut Bench<'_>, circumstances: &Circumstances<'_>) {
        self.note_cuts(bench.now, circumstances.network);
    }
}

impl Streams {
    fn end(&mut self, peer: u32, connection: ConnectionId) -> Option<&mut End> {
        self.ends.get_mut(self.hosts[peer as usize].ends.get(&connection)?)
    }

    fn send(&mut self, now: Time, peer: u32, connection: ConnectionId, chunk: &Bytes) {
        let Some(&end) = self.hosts[peer as usize].ends.get(&connection) else { return };
        let is_heard = self.ends.get(&end.peer()).is_none_or(|other| !other.is_closed);
        if let Some(end) = self.ends.get_mut(&end)
            && end.with != Partner::Tracker
            && is_heard
            && !chunk.is_empty()
        {
            end.sent.push_back((chunk.clone(), now));
        }
    }

    fn receive(
        &mut self,
        bench: &Bench<'_>,
        peer: u32,
        connection: ConnectionId,
        data: &Bytes,
    ) -> Result<(), String> {
        let host = &self.hosts[peer as usize];
        let was_kept = host.thawed == Some(bench.now);
        let Some(&end) = host.ends.get(&connection) else {
            return if was_kept {
                Ok(())
            } else {
                Err(format!("{} bytes for connection {connection}, which is over", data.len()))
            };
        };
        if self.ends.get(&end).is_none_or(|here| here.with == Partner::Tracker) {
            return Ok(());
        }
        let Some(sender) = self.ends.get_mut(&end.peer()) else {
            return Err(format!("{} bytes at {end:?}, of which nobody has the other end", data.len()));
        };
        if sender.is_dead && !was_kept {
            return Err(format!("{} bytes at {end:?} of peer {}, who is gone", data.len(), sender.peer));
        }
        let first = sender.arrived;
        let Some(newest) = sender.deliver(data.clone()) else {
            return Err(format!(
                "{} bytes at {end:?} are not those that peer {} has sent there from byte {first} on",
                data.len(),
                sender.peer
            ));
        };
        let (from, to) = (bench.setting.hosts[sender.peer as usize], bench.setting.hosts[peer as usize]);
        let cut =
            self.cuts.iter().find(|cut| newest > cut.since && cut.from.contains(from) && cut.to.contains(to));
        match cut {
            None => Ok(()),
            Some(cut) => Err(format!(
                "{} bytes at {end:?} that peer {} has sent {newest}, cut off since {}",
                data.len(),
                sender.peer,
                cut.since
            )),
        }
    }

    fn close(&mut self, peer: u32, connection: ConnectionId, by_itself: bool) {
        let Some(end) = self.hosts[peer as usize].ends.remove(&connection) else { return };
        let Some(here) = self.ends.get_mut(&end) else { return };
        here.is_closed = true;
        // Who has not taken the stream yet, being frozen, may still do so and read what was sent.
        let may_be_taken = by_itself && here.stands;
        match self.ends.get_mut(&end.peer()) {
            Some(other) if !other.is_closed => other.sent.clear(),
            None if may_be_taken => {}
            _ => {
                self.ends.remove(&end);
                self.ends.remove(&end.peer());
            }
        }
    }

    fn leave(&mut self, peer: u32) {
        let ends = std::mem::take(&mut self.hosts[peer as usize].ends);
        for here in self.ends.values_mut().filter(|end| end.peer == peer) {
            (here.is_closed, here.is_dead) = (true, true);
        }
        ends.values().for_each(|end| {
            if let Some(other) = self.ends.get_mut(&end.peer()) {
                other.sent.clear();
            }
        });
        let is_over = |end: &EndId, here: &End| {
            here.is_closed
                && match self.ends.get(&end.peer()) {
                    Some(other) => other.is_closed,
                    None => here.is_dead || here.with == Partner::Peer(peer),
                }
        };
        let over: Vec<EndId> =
            self.ends.iter().filter(|(end, here)| is_over(end, here)).map(|(end, _)| *end).collect();
        over.iter().for_each(|end| {
            self.ends.remove(end);
        });
    }

    /// Which paths are cut, and since when.
    fn note_cuts(&mut self, now: Time, network: &Network) {
        let lasting = network.disturbances();
        if lasting.is_empty() && self.cuts.is_empty() {
            return;
        }
        self.cuts.retain(|cut| lasting.iter().any(|(id, _)| *id == cut.id));
        for (id, disturbance) in lasting.iter().filter(|(_, it)| it.effect == Effect::Blocked) {
            if !self.cuts.iter().any(|cut| cut.id == *id) {
                let (from, to) = (disturbance.from.clone(), disturbance.to.clone());
                self.cuts.push(Cut { id: *id, from, to, since: now });
            }
        }
    }
}

impl End {
    fn new(peer: u32, with: Partner, stands: bool) -> End {
        End { peer, with, stands, sent: VecDeque::new(), arrived: 0, is_closed: false, is_dead: false }
    }

    /// The next bytes that were sent here have arrived: when the last of them was sent. `None` if they were others.
    fn deliver(&mut self, mut data: Bytes) -> Option<Time> {
        let mut newest = Time::ZERO;
        while !data.is_empty() {
            let (chunk, sent) = self.sent.front_mut()?;
            let common = chunk.len().min(data.len());
            if !std::ptr::eq(&chunk[..common], &data[..common]) && chunk[..common] != data[..common] {
                return None;
            }
            newest = *sent;
            self.arrived += common as u64;
            data.advance(common);
            chunk.advance(common);
            if chunk.is_empty() {
                self.sent.pop_front();
            }
        }
        Some(newest)
    }
}
