//! Which peers the replay shows, and in which order.

use std::collections::BTreeMap;

use swarmlab_sim::results::PeerRow;

/// The most peers; of more every second, third … is shown.
const PEERS_MAX: usize = 2_000;

/// The peers of the replay, group by group.
pub struct Shown {
    /// One peer in so many.
    pub every: usize,
    /// Their rows in the table of peers.
    pub rows: Vec<usize>,
    /// Names of the groups.
    pub groups: Vec<String>,
    /// The group of each.
    pub group_of: Vec<usize>,
    place_of: BTreeMap<u32, usize>,
}

impl Shown {
    /// In the order of the groups' first peers; within a group in that of arrival.
    pub fn of(peers: &[PeerRow]) -> Shown {
        let every = peers.len().div_ceil(PEERS_MAX).max(1);
        let mut groups: Vec<String> = Vec::new();
        let mut rows: Vec<(usize, usize)> = Vec::new();
        for (row, peer) in peers.iter().enumerate() {
            let group = groups.iter().position(|name| *name == peer.group).unwrap_or_else(|| {
                groups.push(peer.group.clone());
                groups.len() - 1
            });
            // Seeds are few, and the run depends on them.
            if row.is_multiple_of(every) || (peer.is_seed() && rows.len() < PEERS_MAX) {
                rows.push((group, row));
            }
        }
        rows.sort_by(|a, b| {
            let joined = |row: usize| peers[row].joined_s;
            a.0.cmp(&b.0).then(joined(a.1).total_cmp(&joined(b.1))).then(a.1.cmp(&b.1))
        });
        let place_of = rows.iter().enumerate().map(|(place, &(_, row))| (peers[row].peer, place)).collect();
        let (group_of, rows) = rows.into_iter().unzip();
        Shown { every, rows, groups, group_of, place_of }
    }

    /// Where a peer stands, if it is shown.
    pub fn place(&self, peer: u32) -> Option<usize> {
        self.place_of.get(&peer).copied()
    }
}
