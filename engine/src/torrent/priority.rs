//! Whom to dial first, and whom to give up when there is no room: the canonical priority of peers (BEP 40), which both sides
//! of a connection compute alike.
//!
//! It needs our own address as others see it, and that others say (`yourip` of BEP 10), not to be trusted blindly (BEP 40).
//! What most addresses say from which somebody is connected is believed, so that no single one decides with whom we are.
//! Until somebody has said it, chance decides whom we dial, and whoever comes when there is no room is turned away.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use slab::Slab;

use crate::peer::PeerConnection;
use crate::peer_priority::peer_priority;
use crate::session::CloseReason;
use crate::session::context::Context;
use crate::wire::PeerId;

use super::Torrent;

/// Where we are: an address of each family, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Whereabouts([Option<SocketAddr>; 2]);

impl Whereabouts {
    /// Where we are, as those say who are connected; others dial us at this port.
    pub fn of(peers: &Slab<PeerConnection>, port: u16) -> Whereabouts {
        let peers = peers.iter().map(|(_, peer)| peer);
        let said = peers.filter_map(|peer| Some((peer.remote.ip(), peer.aside.sees_us_at?)));
        Whereabouts::heard(said, port)
    }

    /// What most say, each of them once; of what as many say, the least. It is said as (who, where we are).
    fn heard(said: impl Iterator<Item = (IpAddr, IpAddr)>, port: u16) -> Whereabouts {
        let said: BTreeSet<(IpAddr, IpAddr)> = said.collect();
        let mut votes: BTreeMap<IpAddr, u32> = BTreeMap::new();
        said.into_iter().for_each(|(_, ip)| *votes.entry(ip).or_default() += 1);
        let of_family = |is_ipv6: bool| {
            let mut best: Option<(IpAddr, u32)> = None;
            for (ip, count) in votes.iter().filter(|(ip, _)| ip.is_ipv6() == is_ipv6) {
                if best.is_none_or(|(_, most)| *count > most) {
                    best = Some((*ip, *count));
                }
            }
            best.map(|(ip, _)| SocketAddr::new(ip, port))
        };
        Whereabouts([of_family(false), of_family(true)])
    }

    /// The priority of a connection with this address; `None` as long as it is not known where we are.
    pub fn priority(&self, remote: SocketAddr) -> Option<u32> {
        self.0.iter().flatten().find_map(|own| peer_priority(*own, remote))
    }
}

impl Torrent {
    /// Whether there is room for somebody who dials us from this address, or can be made.
    pub fn may_have_room_for(&self, newcomer: SocketAddr, port: u16) -> bool {
        !self.is_full() || self.who_makes_room_for(newcomer, port).is_some()
    }

    /// Whether there is room for this peer, who has dialled us; if there is none, it is made. Nobody is given up for somebody
    /// who is here already.
    pub(super) fn has_room_for(
        &mut self,
        cx: &mut Context<'_>,
        newcomer: SocketAddr,
        peer_id: PeerId,
    ) -> bool {
        if !self.is_full() {
            return true;
        }
        if peer_id == cx.config.peer_id || self.who_is(peer_id).is_some() {
            return false;
        }
        let Some(lowest) = self.who_makes_room_for(newcomer, cx.config.listen_port) else { return false };
        self.part(cx, lowest, CloseReason::Full);
        true
    }

    /// The connection of the lowest priority of those that are of no use, if the newcomer's is higher. libtorrent gives up the
    /// lowest of all, and says itself that it perhaps should not (`torrent::attach_peer`).
    fn who_makes_room_for(&self, newcomer: SocketAddr, port: u16) -> Option<usize> {
        let whereabouts = Whereabouts::of(&self.peers, port);
        let priority = whereabouts.priority(newcomer)?;
        let idle = self.peers.iter().filter(|(_, peer)| !peer.is_of_use());
        let known = idle.filter_map(|(at, peer)| Some((whereabouts.priority(peer.known_address())?, at)));
        known.min().filter(|(lowest, _)| *lowest < priority).map(|(_, at)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_most_say_is_believed_of_each_family() {
        let heard = |said: &[(&str, &str)]| {
            let said = said.iter().map(|(who, ip)| (who.parse().unwrap(), ip.parse().unwrap()));
            let Whereabouts(known) = Whereabouts::heard(said, 7);
            known.map(|address| address.map(|address| address.to_string()))
        };
        assert_eq!(heard(&[]), [None, None]);
        assert_eq!(heard(&[("5.5.5.1", "1.2.3.4")]), [Some("1.2.3.4:7".into()), None]);
        let two_of_four =
            [("5.5.5.1", "9.9.9.9"), ("5.5.5.2", "1.2.3.4"), ("5.5.5.3", "1.2.3.4"), ("5.5.5.4", "8.8.8.8")];
        assert_eq!(heard(&two_of_four), [Some("1.2.3.4:7".into()), None]);
        assert_eq!(
            heard(&[&two_of_four[..], &[("::5", "::1")]].concat()),
            [Some("1.2.3.4:7".into()), Some("[::1]:7".into())]
        );
        assert_eq!(heard(&[("5.5.5.1", "9.9.9.9"), ("5.5.5.2", "1.2.3.4")])[0], Some("1.2.3.4:7".into()));
        let one_thrice = [("5.5.5.1", "9.9.9.9"); 3];
        assert_eq!(
            heard(&[&one_thrice[..], &two_of_four[1..3]].concat())[0],
            Some("1.2.3.4:7".into()),
            "who is connected thrice has one voice"
        );
    }
}
