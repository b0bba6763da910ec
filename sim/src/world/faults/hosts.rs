//! Faults of hosts: crashes, frozen processes, streams that are reset, disks, and departures.

use swarmlab_engine::session::Input;
use swarmlab_engine::storage::{DiskJob, SharedStore};
use swarmlab_engine::time::Time;

use crate::check::Seen;
use crate::scenario::{DiskFault, Keeps};

use super::super::event::Event;
use super::super::event_world::EventWorld;
use super::super::peer_host::Leaving;
use super::Mail;

impl EventWorld<'_> {
    /// A peer's machine stops from one moment to the next. Silently: nobody is told, and whoever sends to it meets
    /// nothing until it is up again. Else its kernel still resets its streams.
    pub(super) fn crash(&mut self, now: Time, number: u32, silent: bool, keeps: Keeps, restarts: bool) {
        if self.swarm.peers[number as usize].client.is_none() {
            return;
        }
        let kept = self.swarm.kept(number, keeps);
        let host = self.swarm.peers[number as usize].host;
        self.swarm.depart(now, number);
        self.swarm.peers[number as usize].has_metadata &= keeps != Keeps::Nothing;
        let disk = &mut self.swarm.peers[number as usize].disk;
        if !restarts {
            *disk = None;
            self.swarm.lose(number);
        } else if let (Some(disk), Some(pieces)) = (disk, kept) {
            let store = SharedStore::holding(self.swarm.content.clone(), self.swarm.options.hashing, pieces);
            disk.replace(store.expect("tried before the run"));
        }
        match silent {
            true => self.network.host_vanish(&mut self.swarm.queue, host),
            false => self.network.host_down(&mut self.swarm.queue, host),
        }
    }

    pub(super) fn send_away(&mut self, now: Time, number: u32) {
        self.ask_to_leave(now, number, Leaving::ForGood);
    }

    pub(super) fn freeze(&mut self, now: Time, event: u32, number: u32) {
        self.swarm.peers[number as usize].frozen.freeze(event);
        self.swarm.tell(now, number, &Seen::Frozen);
        self.settle_reading(number);
    }

    /// The process goes on: it hears of everything that has happened meanwhile, in order, and then of the time.
    pub(super) fn thaw(&mut self, now: Time, event: u32, number: u32) {
        let peer = &mut self.swarm.peers[number as usize];
        peer.frozen.thaw(event);
        if peer.frozen.is_frozen() || peer.client.is_none() {
            return;
        }
        let mail = peer.frozen.take_mail();
        self.swarm.tell(now, number, &Seen::Thawed);
        self.deliver(now, number, mail);
        self.settle_reading(number);
        self.disk_done(now, number);
        self.time_out(now, number);
        if self.swarm.peers[number as usize].leaving.is_some() {
            self.input(now, number, Input::Stop);
        }
    }

    /// All streams of a peer end at once, for both sides.
    pub(super) fn reset_streams(&mut self, now: Time, number: u32) {
        let peer = &mut self.swarm.peers[number as usize];
        let streams: Vec<_> = peer.streams.iter().map(|stream| (stream.end, stream.connection)).collect();
        for (end, connection) in streams {
            self.network.reset(&mut self.swarm.queue, end);
            let peer = &mut self.swarm.peers[number as usize];
            if peer.frozen.is_frozen() {
                peer.frozen.keep(Mail::Ended(connection));
            } else {
                self.ended(now, number, connection);
            }
        }
    }

    pub(super) fn fail_disk(&mut self, event: u32, number: u32, fault: DiskFault) {
        if let Some(disk) = &mut self.swarm.peers[number as usize].disk {
            disk.fail(event, fault);
        }
    }

    pub(super) fn mend_disk(&mut self, event: u32, number: u32) {
        if let Some(disk) = &mut self.swarm.peers[number as usize].disk {
            disk.mend(event);
        }
    }

    /// A client asks its disk for something.
    pub(in super::super) fn disk_job(&mut self, now: Time, number: u32, job: DiskJob) {
        let peer = &mut self.swarm.peers[number as usize];
        let (Some(client), Some(disk)) = (&mut peer.client, &mut peer.disk) else { return };
        self.swarm.audience.see(now, number, &Seen::DiskAsked(&job));
        match disk.submit(now, job) {
            Some(done) => {
                self.swarm.audience.see(now, number, &Seen::DiskAnswered(&done));
                client.actor.handle_input(now, Input::Disk(done));
            }
            None => self.expect_disk(now, number),
        }
    }

    /// What a slow disk has done by now.
    pub(in super::super) fn disk_done(&mut self, now: Time, number: u32) {
        let peer = &mut self.swarm.peers[number as usize];
        let (Some(client), Some(disk)) = (&mut peer.client, &mut peer.disk) else { return };
        if client.disk_at <= now {
            client.disk_at = Time::NEVER;
        }
        // Nobody takes the answers of a frozen process; it finds them when it thaws.
        if peer.frozen.is_frozen() {
            return;
        }
        while let Some(done) = disk.done(now) {
            self.swarm.audience.see(now, number, &Seen::DiskAnswered(&done));
            client.actor.handle_input(now, Input::Disk(done));
        }
        self.attend(now, number);
        self.expect_disk(now, number);
    }

    fn expect_disk(&mut self, now: Time, number: u32) {
        let peer = &mut self.swarm.peers[number as usize];
        let (Some(client), Some(disk)) = (&mut peer.client, &peer.disk) else { return };
        if client.disk_at == Time::NEVER
            && let Some(due) = disk.due()
        {
            client.disk_at = due.max(now);
            self.swarm.queue.schedule(due.max(now), Event::Disk(number));
        }
    }
}
