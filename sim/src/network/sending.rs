//! From an end to the wire: the windows' say, the uplink's turns.

use swarmlab_engine::time::Time;

use super::event::{NetworkEvent, Notice};
use super::flight::Departure;
use super::host::HostId;
use super::pace::PaceStep;
use super::stream::{EndId, EndState};
use super::verbs::Network;
use crate::event_queue::EventQueue;

impl Network {
    /// Sees to it that the direction from `end` has a flight.
    pub(super) fn start_sending(&mut self, now: Time, end: EndId) {
        if self.streams.acquire_flight(end)
            && let Some(stream) = self.streams.get_mut(end)
        {
            let direction = &mut stream.directions[end.side()];
            let timeout = direction.round_trip.timeout(0);
            direction.congestion.on_restart(now - direction.idle_since, timeout, self.config.mss_bytes);
        }
    }

    /// Sends from `end` as much as windows and uplink allow.
    pub(super) fn pump<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, end: EndId) {
        let now = queue.now();
        let Some((stream, flight)) = self.streams.flight_mut(end) else { return };
        if stream.is_opening && end.side() == 0 {
            return;
        }
        let host = stream.hosts[end.side()];
        let paces = self.paces.of(host, end);
        flight.settle(now, &mut stream.directions[end.side()], &self.config, paces);
        if flight.in_ring {
            self.arm_wake(queue, end);
            return;
        }
        while let Some(departure) = self.next_departure(end) {
            let this = &self.hosts[host.index()];
            if this.uplink.is_full(now) || !this.ring.is_empty() {
                self.join_ring(queue, host, end);
                break;
            }
            self.transmit(queue, end, departure);
        }
        self.arm_wake(queue, end);
    }

    /// The uplink of `host` has room: whoever is next in the ring sends one segment, until it is full again.
    pub(super) fn on_turn<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, host: HostId) {
        let now = queue.now();
        if self.hosts[host.index()].turn_at != Some(now) {
            return;
        }
        while !self.hosts[host.index()].uplink.is_full(now)
            && let Some(end) = self.hosts[host.index()].ring.pop_front()
        {
            self.take_turn(queue, host, end);
        }
        let this = &mut self.hosts[host.index()];
        this.turn_at = None;
        if !this.ring.is_empty() {
            self.schedule_turn(queue, host);
        }
    }

    fn take_turn<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        host: HostId,
        end: EndId,
    ) {
        let Some((stream, flight)) = self.streams.flight_mut(end) else { return };
        flight.in_ring = false;
        let paces = self.paces.of(host, end);
        flight.settle(queue.now(), &mut stream.directions[end.side()], &self.config, paces);
        if let Some(departure) = self.next_departure(end) {
            self.transmit(queue, end, departure);
            if let Some((_, flight)) = self.streams.flight_mut(end)
                && flight.wants_to_send()
            {
                flight.in_ring = true;
                self.hosts[host.index()].ring.push_back(end);
            }
        }
        self.arm_wake(queue, end);
    }

    /// What `end` waited for may have come.
    pub(super) fn on_wake<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, end: EndId) {
        if let Some((_, flight)) = self.streams.flight_mut(end)
            && flight.disarm_wake(queue.now())
        {
            self.pump(queue, end);
        }
    }

    /// Schedules the wake-up that `end` needs, if any.
    pub(super) fn arm_wake<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, end: EndId) {
        if let Some((stream, flight)) = self.streams.flight_mut(end)
            && let Some(at) = flight.arm_wake(queue.now(), &stream.directions[end.side()])
        {
            queue.schedule(at, NetworkEvent::Wake(end).into());
        }
    }

    /// Gives back the flights of directions that have nothing left to do.
    pub(super) fn give_back_flights(&mut self, now: Time) {
        while let Some(&(at, end)) = self.fading.front()
            && at <= now
        {
            self.fading.pop_front();
            let Some((stream, flight)) = self.streams.flight_mut(end) else { continue };
            flight.is_fading = false;
            if !flight.is_delivered() {
                continue;
            }
            let paces = self.paces.of(stream.hosts[end.side()], end);
            let direction = &mut stream.directions[end.side()];
            flight.settle(now, direction, &self.config, paces);
            if flight.is_spent() {
                direction.idle_since = now;
                self.streams.release_flight(end);
            } else {
                self.let_fade(end);
            }
        }
    }

    /// Notes that the direction from `end` has delivered everything, if it has.
    pub(super) fn let_fade(&mut self, end: EndId) {
        if let Some((_, flight)) = self.streams.flight_mut(end)
            && !flight.is_fading
            && flight.is_delivered()
            && let Some(at) = flight.last_ack_at()
            && at < Time::NEVER
        {
            flight.is_fading = true;
            self.fading.push_back((at, end));
        }
    }

    fn next_departure(&mut self, end: EndId) -> Option<Departure> {
        let (stream, flight) = self.streams.flight_mut(end)?;
        flight.next_departure(stream.directions[end.side()].congestion.window(), &self.config)
    }

    fn join_ring<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        host: HostId,
        end: EndId,
    ) {
        if let Some((_, flight)) = self.streams.flight_mut(end) {
            flight.in_ring = true;
        }
        let this = &mut self.hosts[host.index()];
        this.ring.push_back(end);
        if this.turn_at.is_none() {
            self.schedule_turn(queue, host);
        }
    }

    pub(super) fn schedule_turn<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        host: HostId,
    ) {
        let this = &mut self.hosts[host.index()];
        let at = this.uplink.turns_at(queue.now());
        this.turn_at = Some(at);
        queue.schedule(at, NetworkEvent::Turn(host).into());
    }

    /// Hands one segment to the uplink.
    fn transmit<E: Copy + From<NetworkEvent>>(
        &mut self,
        queue: &mut EventQueue<E>,
        end: EndId,
        departure: Departure,
    ) {
        let now = queue.now();
        self.tap_departure(now, end, departure);
        let Some((stream, flight)) = self.streams.flight_mut(end) else { return };
        let (host, to) = (stream.hosts[end.side()], stream.hosts[end.peer().side()]);
        let transit = flight.depart(now, departure);
        stream.has_sent[end.side()] = true;
        let sent = PaceStep::Sent { number: transit.number, bytes: transit.bytes };
        self.paces.of(host, end).note(sent, stream.directions[end.side()].congestion.window());
        let passage = self.hosts[host.index()].uplink.send(now, transit.bytes, &self.config);
        self.ledger.sent += u64::from(transit.bytes);
        let left = match passage.lost.packets {
            0 => Some(transit),
            _ => flight.lose(transit, passage.lost, &self.config),
        };
        self.ledger.dropped += u64::from(transit.bytes - left.map_or(0, |left| left.bytes));
        if let Some(transit) = left {
            self.hosts[host.index()].carried.up_bytes += self.config.wire_bytes(transit.bytes);
            let delay = self.paths.delay(host, to, stream.latency(end.side()));
            let is_first = flight.on_wire.is_empty();
            let last_at = flight.put_on_wire(passage.first_at, passage.last_at, delay, transit);
            self.ledger.in_flight += u64::from(transit.bytes);
            if is_first {
                queue.schedule(last_at, NetworkEvent::Arrival(end).into());
            }
        }

        let room = self.config.send_buffer_bytes - flight.unsent();
        if flight.is_full && room >= self.config.writable_bytes() {
            flight.is_full = false;
            if stream.ends[end.side()] == EndState::Open {
                self.notices.push_back(Notice::Writable { host, end });
            }
        }
    }
}
