//! The player.

use std::time::Duration;

use crate::bitfield::PieceSet;
use crate::metainfo::Geometry;
use crate::time::Time;

use super::{Playback, Playhead, Viewing};

/// Somebody who watches. Positions in the content are playing times.
#[derive(Clone, Copy, Debug)]
pub struct Player {
    playback: Playback,
    geometry: Geometry,
    /// When it wanted to begin.
    asked: Time,
    /// The first piece that is not there.
    gap: u32,
    state: State,
    viewing: Viewing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It stands at this place, since then.
    Waits { at: Duration, since: Time },
    /// It was at this place then, and plays.
    Plays { from: Duration, since: Time },
    /// It has played everything.
    Ended,
}

impl Player {
    /// Somebody wants to watch from now on, and nothing is there yet.
    pub fn new(now: Time, playback: Playback, geometry: Geometry) -> Player {
        Player {
            playback,
            geometry,
            asked: now,
            gap: 0,
            state: State::Waits { at: Duration::ZERO, since: now },
            viewing: Viewing::default(),
        }
    }

    /// These pieces are there now.
    pub fn held(&mut self, now: Time, held: &PieceSet) {
        self.advance(now);
        self.gap = held.first_gap(self.gap);
        if let State::Waits { at, .. } = self.state
            && self.loaded() > at
            && self.loaded() >= at.saturating_add(self.wanted()).min(self.end())
        {
            self.begin(now, at);
        }
    }

    /// What it needs soon.
    pub fn playhead(&self, now: Time) -> Playhead {
        let last = self.geometry.piece_count - 1;
        let piece_at =
            |position: Duration| (self.byte_at(position) / u64::from(self.geometry.piece_length)) as u32;
        let position = self.advanced(now).position(now);
        let piece = piece_at(position).min(last);
        let until = piece_at(position.saturating_add(self.playback.window)).min(last);
        Playhead { piece, window: until - piece + 1 }
    }

    /// What it has been through until now.
    pub fn viewing(&self, now: Time) -> Viewing {
        let player = self.advanced(now);
        let mut viewing = player.viewing;
        match player.state {
            State::Waits { since, .. } if viewing.startup.is_some() => viewing.stalled += now - since,
            // All is there: it plays to the end.
            State::Plays { from, .. } if player.loaded() == player.end() => {
                viewing.played += player.end() - from
            }
            State::Plays { since, .. } => viewing.played += now - since,
            State::Waits { .. } | State::Ended => {}
        }
        viewing
    }

    /// How far it could play without another piece.
    fn loaded(&self) -> Duration {
        if self.gap == self.geometry.piece_count {
            return self.end();
        }
        self.playing_time(self.geometry.piece_offset(self.gap))
    }

    fn end(&self) -> Duration {
        self.playing_time(self.geometry.total_length)
    }

    /// What it wants to have before it goes on.
    fn wanted(&self) -> Duration {
        match self.viewing.startup {
            None => self.playback.start_after,
            Some(_) => self.playback.rebuffer,
        }
    }

    fn begin(&mut self, now: Time, at: Duration) {
        if let State::Waits { since, .. } = self.state {
            match self.viewing.startup {
                None => self.viewing.startup = Some(now - self.asked),
                Some(_) => self.viewing.stalled += now - since,
            }
        }
        self.state = State::Plays { from: at, since: now };
    }

    fn advanced(&self, now: Time) -> Player {
        let mut player = *self;
        player.advance(now);
        player
    }

    /// Plays until now, or until what is there has been played. A piece that comes at that very moment is not late.
    fn advance(&mut self, now: Time) {
        let State::Plays { from, since } = self.state else { return };
        let loaded = self.loaded();
        let dry = since + (loaded - from);
        if dry >= now {
            return;
        }
        self.viewing.played += loaded - from;
        if loaded == self.end() {
            self.state = State::Ended;
        } else {
            self.viewing.stalls += 1;
            self.state = State::Waits { at: loaded, since: dry };
        }
    }

    fn position(&self, now: Time) -> Duration {
        match self.state {
            State::Waits { at, .. } => at,
            State::Plays { from, since } => from + (now - since),
            State::Ended => self.end(),
        }
    }

    /// The time that so many bytes take to play; rounded down, to the nanosecond.
    fn playing_time(&self, bytes: u64) -> Duration {
        let nanos = u128::from(bytes) * 8 * 1_000_000_000 / u128::from(self.playback.bits_per_s.max(1));
        Duration::from_nanos(nanos.try_into().unwrap_or(u64::MAX))
    }

    /// Where in the content it is at this time.
    fn byte_at(&self, position: Duration) -> u64 {
        // What was rounded down on the way there is made up for, so that the place of a byte is that byte.
        let bits = (position.as_nanos() + 1) * u128::from(self.playback.bits_per_s);
        (bits / 8_000_000_000).try_into().unwrap_or(u64::MAX)
    }
}
