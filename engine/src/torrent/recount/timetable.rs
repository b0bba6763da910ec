//! What is to happen by the clock: is it armed?

use crate::invariant::{Broken, must_hold};
use crate::session::inquiry::Asker;
use crate::session::routes::{Route, Routes};
use crate::torrent::announcing::GOODBYES_MAX;
use crate::torrent::timers::Timer;
use crate::torrent::{Phase, Torrent};

impl Torrent {
    /// `is_limited`: the user limits what is sent.
    pub(super) fn check_timetable(&self, routes: &Routes, is_limited: bool) -> Result<(), Broken> {
        self.clock_runs_while_running()?;
        self.limited_blocks_have_their_time(is_limited)?;
        self.announces_go_on()?;
        self.announces_have_their_connections(routes)
    }

    /// A running torrent ticks and has its rounds; one that fetches its metadata ticks; any other does neither.
    fn clock_runs_while_running(&self) -> Result<(), Broken> {
        let ticks = self.takes_connections() || self.has_joined && self.phase == Phase::Checking;
        for (timer, wanted) in [(Timer::Tick, ticks), (Timer::Choke, self.is_running())] {
            let (is_set, phase) = (self.timers.is_set(timer), self.phase);
            must_hold!(is_set == wanted, "S30", "{timer:?} is set: {is_set}, while {phase:?}");
        }
        Ok(())
    }

    /// The driver is told of a block that a limit holds back when it may be sent: by its choker's limit alone to the
    /// nanosecond, by the user's as soon as it is its peer's turn.
    fn limited_blocks_have_their_time(&self, is_limited: bool) -> Result<(), Broken> {
        let due = self.timers.due(Timer::Serve);
        for (_, peer) in self.peers.iter().filter(|(_, peer)| peer.serve.is_ready() && !peer.ready) {
            let (remote, at) = (peer.remote, peer.next_block_at());
            let is_in_time = match (is_limited, &peer.pacer) {
                (true, _) => due.is_some(),
                (false, Some(_)) => due.is_some_and(|due| due <= at),
                (false, None) => continue,
            };
            must_hold!(
                is_in_time,
                "S30",
                "a block for {remote} may be sent at {at} at the earliest, and the timer is set to {due:?}"
            );
        }
        Ok(())
    }

    /// Who has a tracker asks it again and again; who leaves waits for an answer, and no longer than it must.
    fn announces_go_on(&self) -> Result<(), Broken> {
        let goes_on = match self.phase {
            Phase::Running | Phase::Seeking => self.announcer.has_trackers(),
            Phase::Checking => self.has_joined && self.announcer.has_trackers(),
            Phase::Stopping | Phase::Failed => self.announcer.is_asking(),
        };
        let is_set = self.timers.is_set(Timer::Announce);
        must_hold!(is_set == goes_on, "S32", "Announce is set: {is_set}, while {:?}", self.phase);
        let waiting = self.announcer.waiting();
        must_hold!(waiting <= 3, "S29", "{waiting} announces wait");
        let (asked, most) =
            (self.announcer.inquiries().count(), if self.is_leaving() { GOODBYES_MAX } else { 1 });
        must_hold!(asked <= most, "S29", "{asked} announces are on their way");
        Ok(())
    }

    fn announces_have_their_connections(&self, routes: &Routes) -> Result<(), Broken> {
        for (at, connection) in self.announcer.connections() {
            let route = routes.get(connection);
            let leads = matches!(route, Some(Route::Tracker(Asker::Announce { torrent, tracker })) if (*torrent, *tracker) == (self.key.0, at));
            must_hold!(leads, "S32", "what the tracker sends on connection {connection} goes to {route:?}");
        }
        Ok(())
    }
}
