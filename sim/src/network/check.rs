//! What must always hold, counted again from scratch: for tests and for runs that check themselves.

use std::collections::BTreeMap;

use super::fifo::{Cargo, Fifo, Parcel};
use super::flight::Transit;
use super::stream::{EndId, EndState};
use super::verbs::Network;

impl Network {
    /// Checks that no byte is lost or made up (of each direction, accepted = delivered + buffered, and each segment is
    /// in exactly one place), that no window or buffer is overrun, that nothing is stuck, and that the tables agree
    /// with each other. Linear in all that the network holds.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn check_invariants(&self) -> Result<(), String> {
        let mut inbound: BTreeMap<EndId, Vec<Transit>> = BTreeMap::new();
        let mut in_flight = 0;
        let mut note = |parcel: &Parcel| {
            in_flight += self.bytes(parcel.cargo);
            if let Cargo::Segment { sender, transit } = parcel.cargo {
                inbound.entry(sender).or_default().push(transit);
            }
        };
        for host in &self.hosts {
            host.downlink.parcels().for_each(&mut note);
        }
        for link in self.links.iter() {
            link.up.parcels().chain(link.down.parcels()).for_each(&mut note);
        }
        let mut waiting: BTreeMap<EndId, u32> = BTreeMap::new();
        for &end in self.hosts.iter().flat_map(|host| &host.ring) {
            *waiting.entry(end).or_default() += 1;
        }
        for connecting in self.streams.iter() {
            for end in [connecting, connecting.peer()] {
                let inbound = inbound.get(&end).map_or(&[][..], Vec::as_slice);
                let waits = waiting.get(&end).copied().unwrap_or(0);
                self.check_direction(end, inbound, waits).map_err(|what| format!("{end:?}: {what}"))?;
                in_flight += self.streams.flight(end).map_or(0, |flight| flight.on_wire_bytes());
            }
        }
        in_flight += self.datagrams.on_wire_bytes();
        if in_flight != self.ledger.in_flight || !self.ledger.is_balanced() {
            return Err(format!("{in_flight} bytes in flight, by the books {:?}", self.ledger));
        }
        self.check_queues()?;
        self.check_hosts()
    }

    fn check_direction(&self, end: EndId, inbound: &[Transit], waits: u32) -> Result<(), String> {
        let stream = self.streams.get(end).ok_or("a live stream isn't found")?;
        let state = stream.ends[end.side()];
        if stream.ends.iter().all(|end| end.is_over()) {
            return Err("both ends are gone, the stream is not".into());
        }
        let direction = &stream.directions[end.side()];
        let pending = direction.accepted - self.streams.delivered(end);
        let Some(flight) = self.streams.flight(end) else {
            let was_aborted = state == EndState::Told || state.is_over();
            return if pending == 0 || was_aborted { Ok(()) } else { Err("bytes without a flight".into()) };
        };
        if stream.has_sent[end.side()] != flight.is_under_way() {
            return Err("whether something is under way is noted wrongly".into());
        }
        flight.check(inbound, pending, &self.config)?;
        if waits != u32::from(flight.in_ring) {
            return Err(format!("{waits} places in the ring"));
        }
        let is_read = !stream.is_paused[end.peer().side()];
        if flight.is_stalled(inbound, is_read) && !stream.is_opening {
            return Err("stalled".into());
        }
        Ok(())
    }

    fn check_queues(&self) -> Result<(), String> {
        let downlinks = self.hosts.iter().map(|host| &host.downlink);
        let links = self.links.iter().flat_map(|link| [&link.up, &link.down]);
        match downlinks.chain(links).all(Fifo::is_sound) {
            true => Ok(()),
            false => Err("in a queue somebody overtakes, or nobody watches the head".into()),
        }
    }

    fn check_hosts(&self) -> Result<(), String> {
        for (index, host) in self.hosts.iter().enumerate() {
            if !host.ring.is_empty() && host.turn_at.is_none() {
                return Err(format!("host {index}: streams wait for a turn that won't come"));
            }
            for (place, &end) in host.ends.iter().enumerate() {
                let stream = self.streams.get(end).ok_or(format!("host {index}: a stream that is gone"))?;
                let side = end.side();
                if stream.hosts[side].index() != index || self.streams.place(end) != place {
                    return Err(format!("host {index}: {end:?} is listed in the wrong place"));
                }
            }
        }
        Ok(())
    }
}
