//! What a peer has told, and how much of it counts.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use crate::time::Time;
use crate::wire::PeerExchangeMessage;

use super::INTERVAL;

/// Messages that a peer may send within a minute before it counts as flooding. BEP 11 allows one; libtorrent, which waits
/// a minute itself, gives up on who sends six.
pub const HEARD_BURST: usize = 6;
/// Addresses that are taken from one connection, so that nobody fills the address book alone.
pub const HEARD_ADDRESSES_MAX: usize = 100;

/// One peer's messages.
#[derive(Clone, Debug, Default)]
pub struct Hearing {
    /// When the latest came, at most [`HEARD_BURST`].
    at: VecDeque<Time>,
    taken: usize,
}

/// What came of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Addresses that may be tried.
    Peers(Vec<SocketAddr>),
    /// Too many messages.
    Flood,
}

impl Hearing {
    /// A peer at this address tells of others.
    pub fn hear(&mut self, now: Time, from: IpAddr, message: &PeerExchangeMessage) -> Heard {
        if self.at.len() == HEARD_BURST - 1
            && let Some(first) = self.at.pop_front()
            && now < first + INTERVAL
        {
            return Heard::Flood;
        }
        self.at.push_back(now);
        // What is only here is of use to nobody elsewhere: who names it would have us knock at our own doors.
        let is_ours = |ip: IpAddr| ip.is_loopback() && !from.is_loopback();
        let addresses = message.added.iter().map(|(address, _)| *address);
        let room = HEARD_ADDRESSES_MAX - self.taken;
        let addresses: Vec<_> = addresses.filter(|address| !is_ours(address.ip())).take(room).collect();
        self.taken += addresses.len();
        Heard::Peers(addresses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(ips: impl IntoIterator<Item = [u8; 4]>) -> PeerExchangeMessage {
        PeerExchangeMessage {
            added: ips.into_iter().map(|ip| ((ip, 1).into(), 0)).collect(),
            ..PeerExchangeMessage::default()
        }
    }

    const FROM: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 9));

    #[test]
    fn so_many_are_taken_from_one_peer() {
        let mut hearing = Hearing::default();
        let many = message((0..80).map(|at| [10, 0, 1, at]));
        let lengths = (0..3).map(|minute| match hearing.hear(Time::from_secs(minute * 60), FROM, &many) {
            Heard::Peers(peers) => peers.len(),
            Heard::Flood => panic!("one a minute is no flood"),
        });
        assert_eq!(lengths.collect::<Vec<_>>(), [80, 20, 0]);
    }

    #[test]
    fn a_flood_is_told_from_a_burst() {
        let mut hearing = Hearing::default();
        let nobody = message([]);
        for second in 0..HEARD_BURST as u64 - 1 {
            assert_eq!(hearing.hear(Time::from_secs(second), FROM, &nobody), Heard::Peers(Vec::new()));
        }
        assert_eq!(hearing.clone().hear(Time::from_secs(59), FROM, &nobody), Heard::Flood);
        assert_eq!(hearing.hear(Time::from_secs(60), FROM, &nobody), Heard::Peers(Vec::new()));
    }

    #[test]
    fn loopback_is_believed_only_from_there() {
        let local = message([[127, 0, 0, 1]]);
        assert_eq!(Hearing::default().hear(Time::ZERO, FROM, &local), Heard::Peers(Vec::new()));
        let heard = Hearing::default().hear(Time::ZERO, [127, 0, 0, 2].into(), &local);
        assert_eq!(heard, Heard::Peers(vec![([127, 0, 0, 1], 1).into()]));
    }
}
