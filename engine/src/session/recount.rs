//! The session's books, counted again: does every connection lead somewhere, and every slot to one connection?

use crate::invariant::{Broken, must_hold};
use crate::torrent::Torrent;
use crate::wire::HANDSHAKE_BYTES;

use super::inquiry::Asker;
use super::routes::Route;
use super::{INBOUND_MAX, Session};

impl Session {
    /// Recomputes from scratch what the parts of the session keep of each other. Linear in what the session holds.
    ///
    /// # Errors
    /// What differs: a bug in the engine.
    pub fn check_invariants(&self) -> Result<(), Broken> {
        let check =
            |torrent: &Torrent| torrent.check_invariants(&self.routes, &self.allowance, self.config.peer_id);
        self.torrents.iter().try_for_each(check)?;
        self.who_dialled_is_given_up_in_time()?;
        self.no_route_leads_nowhere()?;
        self.whoever_waits_has_asked()
    }

    fn who_dialled_is_given_up_in_time(&self) -> Result<(), Broken> {
        let waiting = self.inbound.len();
        must_hold!(waiting <= INBOUND_MAX, "S28", "{waiting} connections have not said what they want");
        must_hold!(
            self.inbound.iter().is_sorted_by_key(|(at, _)| *at),
            "S30",
            "who is to be given up next does not stand first"
        );
        for (_, connection) in &self.inbound {
            let Some(Route::Inbound(inbound)) = self.routes.get(*connection) else {
                must_hold!(false, "S28", "connection {connection} waits for a handshake, and is no more");
                continue;
            };
            let bytes = inbound.decoder.available();
            must_hold!(bytes < HANDSHAKE_BYTES, "S29", "{bytes} bytes of {} are not read", inbound.remote);
        }
        Ok(())
    }

    /// As many connections as the table has are in the books of those whom they lead to.
    fn no_route_leads_nowhere(&self) -> Result<(), Broken> {
        let open = self.routes.open_count();
        let scrapes = self
            .scrapes
            .iter()
            .flat_map(|scrapes| scrapes.inquiries())
            .filter(|(_, inquiry)| inquiry.connection().is_some())
            .count();
        let peers = self.torrents.iter().map(Torrent::connections).sum::<usize>();
        let known = self.inbound.len() + peers + scrapes;
        must_hold!(open == known, "S28", "{open} connections are open, {known} belong to somebody");
        Ok(())
    }

    /// For whom something is to come by datagram, or by name, is just whoever has a question on its way.
    fn whoever_waits_has_asked(&self) -> Result<(), Broken> {
        let asked = self
            .torrents
            .iter()
            .flat_map(Torrent::inquiries)
            .chain(self.scrapes.iter().flat_map(|scrapes| scrapes.inquiries()));
        let mut asked: Vec<Asker> =
            asked.filter(|(_, inquiry)| inquiry.waits_for_datagrams()).map(|(asker, _)| asker).collect();
        let mut waiting: Vec<Asker> = self.datagrams.waiting().collect();
        asked.sort_unstable();
        waiting.sort_unstable();
        must_hold!(asked == waiting, "S29", "{asked:?} have asked by datagram, {waiting:?} wait");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::session::SessionConfig;
    use crate::time::Time;
    use crate::wire::PeerId;

    /// Two have dialled, and have not said what they want.
    fn sound() -> Session {
        let config =
            SessionConfig { peer_id: PeerId([1; 20]), listen_port: 1, seed: 1, limits: Default::default() };
        let mut session = Session::new(config);
        for number in [1, 2] {
            let inbound =
                super::super::Inbound { remote: ([10, 0, 0, number], 1).into(), decoder: Default::default() };
            let connection = session.routes.open(Route::Inbound(Box::new(inbound)));
            session.inbound.push_back((Time::from_secs(number.into()), connection));
        }
        session
    }

    #[test]
    fn each_wrong_entry_is_found() {
        type Spoil = fn(&mut Session);
        let cases: [(&str, &str, Spoil); 6] = [
            ("S28", "101 connections", |session| {
                let first = session.inbound[0];
                session.inbound.resize(101, first);
            }),
            ("S30", "first", |session| session.inbound.swap(0, 1)),
            ("S28", "is no more", |session| {
                let (_, connection) = session.inbound[0];
                session.routes.close(connection);
            }),
            ("S29", "68 bytes", |session| {
                let (_, connection) = session.inbound[0];
                let Some(Route::Inbound(inbound)) = session.routes.find(connection) else { panic!() };
                inbound.decoder.push(Bytes::from(vec![0; 68]));
            }),
            ("S28", "1 belong", |session| assert!(session.inbound.pop_front().is_some())),
            ("S29", "wait", |session| {
                session.datagrams.look_up(Asker::Scrape { number: 1 });
            }),
        ];
        for (property, what, spoil) in cases {
            let mut session = sound();
            assert_eq!(session.check_invariants(), Ok(()));
            spoil(&mut session);
            let broken = session.check_invariants().unwrap_err();
            assert!(broken.property == property && broken.what.contains(what), "{what}: {broken}");
        }
    }
}
