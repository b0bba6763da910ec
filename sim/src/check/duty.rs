//! S47, a part of it: a driver passes on what it hears of connections.
//!
//! A client knows of no connection that is over. It speaks first on a stream that it has dialled, as soon as that stands. And
//! a dial is over, one way or the other, within [`DIAL_MAX`]. That a driver runs until it is told to stop, and then ends,
//! is for its world to say.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use swarmlab_engine::session::ConnectionId;
use swarmlab_engine::time::Time;

use super::judge::Bench;
use super::swarm::{TORRENT, View, Watcher};
use super::{Circumstances, Partner, Seen};

/// The driver gives a dial up after 15 s; the client gives its peer up after 20 s, by itself.
const DIAL_MAX: Duration = Duration::from_secs(17);
/// How often it is looked whether a dial takes too long.
const EVERY: Duration = Duration::from_secs(1);

/// Judges a part of S47.
#[derive(Default)]
pub struct Duty {
    clients: BTreeMap<u32, Client>,
    look_at: Time,
}

/// What a client's driver has to pass on.
#[derive(Default)]
struct Client {
    /// Dials, and when they began.
    dials: BTreeMap<ConnectionId, (u32, Time)>,
    /// Streams that have just been made, on which the client has not spoken.
    silent: BTreeSet<ConnectionId>,
}

impl Watcher for Duty {
    fn see(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, seen: &Seen<'_>) {
        if let Seen::Gone = seen {
            self.clients.remove(&peer);
            return;
        }
        let client = self.clients.entry(peer).or_default();
        match seen {
            Seen::Opened { connection, with: Partner::Peer(with), dialled: true, .. } => {
                client.dials.insert(*connection, (*with, bench.now));
            }
            Seen::Connected(connection) if client.dials.remove(connection).is_some() => {
                client.silent.insert(*connection);
            }
            Seen::Ready(connection) | Seen::Closed { connection, .. } => {
                client.dials.remove(connection);
                client.silent.remove(connection);
            }
            Seen::Settled(session) => {
                let is_over = |connection: &ConnectionId| view.lines.get(peer, *connection).is_none();
                let known = session.peers(TORRENT).map(|one| one.connection);
                if let Some(over) = known.into_iter().find(is_over) {
                    let what = format!("its client believes in connection {over}, which is over");
                    bench.violated("S47", [peer], what, []);
                } else if let Some(silent) = client.silent.pop_first() {
                    let what = format!("its client says nothing on connection {silent}, which has been made");
                    bench.violated("S47", [peer], what, []);
                }
            }
            _ => {}
        }
    }

    fn step(&mut self, bench: &mut Bench<'_>, _: &View, _: &Circumstances<'_>) {
        if bench.now < self.look_at {
            return;
        }
        self.look_at = bench.now + EVERY;
        let is_late = |(_, began): &&(u32, Time)| bench.now.since(*began) > DIAL_MAX;
        let late = self
            .clients
            .iter()
            .find_map(|(peer, client)| client.dials.values().find(is_late).map(|(with, _)| [*peer, *with]));
        if let Some(peers) = late {
            let what = format!("a dial has taken longer than {} s", DIAL_MAX.as_secs());
            bench.violated("S47", peers, what, []);
        }
    }
}

#[cfg(test)]
mod tests {
    use swarmlab_engine::session::TorrentConfig;

    use super::*;
    use crate::check::stage::Stage;

    /// What a client does about a dial, and how long it is waited then.
    fn found(acts: &[fn(ConnectionId) -> Seen<'static>], seconds: u64) -> Option<&'static str> {
        let mut stage = Stage::new(vec![Box::new(Duty::default())], &[]);
        stage.come(2, |_| false, TorrentConfig::default());
        let line = stage.open_with(2, 0);
        acts.iter().for_each(|act| stage.see(2, &act(line)));
        stage.settle(2);
        stage.wait(seconds).map(|violation| violation.property.id)
    }

    #[test]
    fn a_dial_ends_in_time_and_is_spoken_on_when_it_has_succeeded() {
        let closed = |connection| Seen::Closed { connection, by_itself: false };
        assert_eq!(found(&[], 16), None);
        assert_eq!(found(&[], 20), Some("S47"));
        assert_eq!(found(&[closed], 60), None);
        assert_eq!(found(&[Seen::Connected, Seen::Ready], 60), None);
        assert_eq!(found(&[Seen::Connected], 1), Some("S47"));
        assert_eq!(found(&[Seen::Connected, closed], 60), None);
    }
}
