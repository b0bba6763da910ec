//! Who is there, and what is known of each.

use std::collections::BTreeSet;

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::choker::{self, Promise, Slots, Turn};
use swarmlab_engine::session::{Event, TorrentConfig};
use swarmlab_engine::storage::TorrentKey;
use swarmlab_engine::time::Time;

use crate::check::judge::Bench;
use crate::check::{Seen, Setting, knows_torrent};

/// The only torrent of every simulated client.
pub const TORRENT: TorrentKey = TorrentKey(0);

/// Everybody who is present.
pub struct Roster {
    residents: Vec<Option<Resident>>,
    changed: Time,
}

/// Somebody who is present.
pub struct Resident {
    /// It runs the engine as it is.
    pub is_judged: bool,
    /// How it is set.
    pub config: TorrentConfig,
    /// Since when its clock has run without a pause.
    pub awake_since: Time,
    /// It hears nothing and does nothing.
    pub is_frozen: bool,
    /// It has begun to take part: what it holds is known.
    pub is_running: bool,
    /// It fetches the metadata.
    pub is_seeking: bool,
    /// Its disk has failed, and it has given up.
    pub has_failed: bool,
    /// What it has verified.
    pub held: PieceSet,
    /// Whom it will have nothing to do with any more.
    pub banned: BTreeSet<u32>,
    /// Announces that have just failed in a row.
    pub announces_failed: u32,
    /// The most that ever have failed in a row.
    pub announces_failed_most: u32,
    /// When its disk was last found full.
    pub disk_full_at: Option<Time>,
}

impl Resident {
    /// It has everything.
    pub fn is_complete(&self) -> bool {
        self.held.is_full()
    }

    /// Its clock runs, and it takes part.
    pub fn is_active(&self) -> bool {
        self.is_running && !self.has_failed && !self.is_frozen
    }

    /// It keeps to the protocol, and can be expected to act.
    pub fn is_answerable(&self) -> bool {
        self.is_judged && self.is_active()
    }

    /// What the choker promises that is at work.
    pub fn promise(&self) -> Promise {
        let entry = match self.is_complete() {
            true => choker::seed_by_name(&self.config.seed_choker),
            false => choker::leecher_by_name(&self.config.choker),
        };
        entry.expect("who takes part has a choker that exists").promise
    }

    /// So many are unchoked by the choker that is at work, if enough are interested; at least so many where it decides
    /// itself.
    pub fn slots(&self) -> u32 {
        match self.promise().slots {
            Slots::Configured => self.config.upload_slots,
            Slots::Own => self.config.upload_slots.min(1),
            Slots::None => 0,
        }
    }

    /// Whoever stays interested in it is served in the end.
    pub fn serves_everybody(&self) -> bool {
        self.slots() > 0 && self.promise().turn != Turn::Uncertain
    }
}

impl Roster {
    /// Nobody has come yet.
    pub fn new() -> Roster {
        Roster { residents: Vec::new(), changed: Time::ZERO }
    }

    /// Somebody who is present.
    pub fn get(&self, peer: u32) -> Option<&Resident> {
        self.residents.get(peer as usize)?.as_ref()
    }

    /// Somebody who is present and judged.
    pub fn judged(&self, peer: u32) -> Option<&Resident> {
        self.get(peer).filter(|resident| resident.is_judged)
    }

    /// All who are present, by number.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Resident)> + Clone {
        let numbered = self.residents.iter().enumerate();
        numbered.filter_map(|(number, resident)| Some((number as u32, resident.as_ref()?)))
    }

    /// When it last changed who can do what with whom.
    pub fn changed(&self) -> Time {
        self.changed
    }

    /// Takes note.
    pub fn see(&mut self, bench: &Bench<'_>, peer: u32, seen: &Seen<'_>) {
        let at = peer as usize;
        match seen {
            Seen::Came { session, is_judged, config, .. } => {
                if self.residents.len() <= at {
                    self.residents.resize_with(at + 1, || None);
                }
                self.residents[at] = Some(Resident {
                    is_judged: *is_judged,
                    config: (*config).clone(),
                    awake_since: bench.now,
                    is_frozen: false,
                    is_running: false,
                    is_seeking: !knows_torrent(session),
                    has_failed: false,
                    held: match knows_torrent(session) {
                        true => session.held(TORRENT).clone(),
                        false => PieceSet::empty(bench.setting.geometry().piece_count),
                    },
                    banned: BTreeSet::new(),
                    announces_failed: 0,
                    announces_failed_most: 0,
                    disk_full_at: None,
                });
                self.changed = bench.now;
            }
            Seen::Gone => {
                self.residents[at] = None;
                self.changed = bench.now;
            }
            _ => {
                let Some(Some(resident)) = self.residents.get_mut(at) else { return };
                if resident.see(bench.now, bench.setting, seen) {
                    self.changed = bench.now;
                }
            }
        }
    }
}

impl Resident {
    /// Answers whether it changes what others can expect.
    fn see(&mut self, now: Time, setting: &Setting, seen: &Seen<'_>) -> bool {
        match seen {
            Seen::Frozen => self.is_frozen = true,
            Seen::Thawed => (self.is_frozen, self.awake_since) = (false, now),
            // Whoever checks its disk dials nobody, not even the tracker.
            Seen::Opened { dialled: true, .. } if !self.is_running && !self.is_seeking => {
                self.is_running = true
            }
            // It has nothing to check, and begins at once.
            Seen::Said(Event::MetadataReceived { .. }) => {
                (self.is_running, self.is_seeking, self.awake_since) = (true, false, now);
            }
            Seen::Said(Event::DiskFailed { .. }) => self.has_failed = true,
            Seen::Said(Event::DiskFull { .. }) => self.disk_full_at = Some(now),
            Seen::Said(Event::PeerBanned { remote, .. }) => self.banned.extend(setting.peer_at(remote.ip())),
            Seen::Said(Event::AnnounceFailed { .. }) => {
                self.announces_failed += 1;
                self.announces_failed_most = self.announces_failed_most.max(self.announces_failed);
                return false;
            }
            Seen::Said(Event::Announced { .. }) => {
                self.announces_failed = 0;
                return false;
            }
            Seen::Settled(session) => {
                let held = session.held(TORRENT);
                if held.len() != self.held.len() {
                    self.held.clone_from(held);
                }
                return false;
            }
            _ => return false,
        }
        true
    }
}
