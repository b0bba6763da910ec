//! Who spends its upload slots on whom, by class, against spending them on all alike: whether peers of one kind find each
//! other (Legout, Liogkas, Kohler and Zhang: Clustering and Sharing Incentives in BitTorrent Systems, SIGMETRICS 2007).

use std::collections::BTreeMap;

use super::{PeerRow, TransferRow, quantile};

/// A lone group of leechers falls into classes of its own if its fastest uplink is so many times as fast as its slowest.
const RATES_APART: f64 = 1.5;

/// The slots that one class spent on another.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Share {
    /// For how long peers of the one unchoked peers of the other, seconds, added up over all pairs.
    pub unchoked_s: f64,
    /// What that would have been had each spent the same time on all who were there and lacked something, in
    /// proportion to how long they were there.
    pub at_random_s: f64,
}

impl Share {
    /// How many times as much as at random; none where nothing was to be expected.
    pub fn ratio(&self) -> Option<f64> {
        (self.at_random_s > 0.0).then(|| self.unchoked_s / self.at_random_s)
    }
}

/// Who spent its slots on whom. The classes are the groups of the scenario; a lone group of leechers with uplinks of
/// different speed is divided into thirds.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixing {
    /// Names of the classes that give, in the order of their first peer.
    pub givers: Vec<String>,
    /// Names of the classes that take: those of the givers that did not start with everything.
    pub takers: Vec<String>,
    /// For each giver, for each taker. Of peers that lacked something at first, the time until they were complete counts:
    /// after that they can't be paid back, and choose differently.
    pub cells: Vec<Vec<Share>>,
}

impl Mixing {
    /// Of a run that ended at `end_s`.
    pub fn of(peers: &[PeerRow], transfers: &[TransferRow], end_s: f64) -> Mixing {
        let names = classes(peers);
        let mut givers: Vec<String> = Vec::new();
        let mut takers: Vec<String> = Vec::new();
        for (peer, name) in peers.iter().zip(&names) {
            if !givers.contains(name) {
                givers.push(name.clone());
            }
            if !peer.is_seed() && !takers.contains(name) {
                takers.push(name.clone());
            }
        }
        let place = |list: &[String], name: &String| list.iter().position(|known| known == name);
        let chances: Vec<Presence> = takers
            .iter()
            .map(|class| {
                let members =
                    peers.iter().zip(&names).filter(|(peer, name)| *name == class && !peer.is_seed());
                Presence::of(members.map(|(peer, _)| wanting(peer, end_s)))
            })
            .collect();
        let row_of: BTreeMap<u32, usize> =
            peers.iter().enumerate().map(|(row, peer)| (peer.peer, row)).collect();
        // What each peer spent on each class.
        let mut spent = vec![vec![0.0; takers.len()]; peers.len()];
        for transfer in transfers {
            let (Some(&from), Some(&to)) = (row_of.get(&transfer.uploader), row_of.get(&transfer.downloader))
            else {
                continue;
            };
            let Some(taker) = place(&takers, &names[to]) else { continue };
            let complete_s = if peers[from].is_seed() { 0.0 } else { transfer.unchoked_complete_s };
            spent[from][taker] += (transfer.unchoked_s - complete_s).max(0.0);
        }
        let mut cells = vec![vec![Share::default(); takers.len()]; givers.len()];
        for ((peer, name), spent) in peers.iter().zip(&names).zip(&spent) {
            let Some(giver) = place(&givers, name) else { continue };
            let total_s: f64 = spent.iter().sum();
            let giving = if peer.is_seed() {
                (peer.joined_s, peer.present_until_s(end_s))
            } else {
                wanting(peer, end_s)
            };
            let own =
                |class: &String| if class == name && !peer.is_seed() { giving.1 - giving.0 } else { 0.0 };
            let chances: Vec<f64> = takers
                .iter()
                .zip(&chances)
                .map(|(class, presence)| (presence.during(giving) - own(class)).max(0.0))
                .collect();
            let all: f64 = chances.iter().sum();
            for ((cell, spent_s), chance) in cells[giver].iter_mut().zip(spent).zip(chances) {
                cell.unchoked_s += spent_s;
                cell.at_random_s += if all > 0.0 { total_s * chance / all } else { 0.0 };
            }
        }
        Mixing { givers, takers, cells }
    }

    /// How many times as much of their slots leechers spent within their own class as random mixing would. None with
    /// fewer than two classes of leechers.
    pub fn clustering(&self) -> Option<f64> {
        let own = self.takers.iter().enumerate().filter_map(|(taker, class)| {
            let giver = self.givers.iter().position(|name| name == class)?;
            Some(self.cells[giver][taker])
        });
        let sum = own.fold(Share::default(), |sum, own| Share {
            unchoked_s: sum.unchoked_s + own.unchoked_s,
            at_random_s: sum.at_random_s + own.at_random_s,
        });
        if self.takers.len() < 2 { None } else { sum.ratio() }
    }
}

/// When it was there and lacked something.
fn wanting(peer: &PeerRow, end_s: f64) -> (f64, f64) {
    (peer.joined_s, peer.leeching_until_s(end_s).max(peer.joined_s))
}

/// The class of each peer.
fn classes(peers: &[PeerRow]) -> Vec<String> {
    let leeching = || peers.iter().filter(|peer| !peer.is_seed());
    let first = leeching().next();
    let is_lone = first.is_some_and(|first| leeching().all(|peer| peer.group == first.group));
    let mut rates: Vec<f64> = leeching().map(|peer| peer.up_bits_per_s as f64).collect();
    rates.sort_by(f64::total_cmp);
    let is_apart = rates.first().zip(rates.last()).is_some_and(|(least, most)| most > &(least * RATES_APART));
    let bounds = [1.0 / 3.0, 2.0 / 3.0].map(|q| quantile(&rates, q).unwrap_or(0.0));
    let class = |peer: &PeerRow| match peer.is_seed() || !is_lone || !is_apart {
        true => peer.group.clone(),
        false => {
            let third = bounds.iter().filter(|bound| peer.up_bits_per_s as f64 > **bound).count();
            format!("{}, {} third", peer.group, ["slow", "middle", "fast"][third])
        }
    };
    peers.iter().map(class).collect()
}

/// How many of a class are there, as an integral over time.
struct Presence {
    /// When the number changes, what it is from then on, and its integral until then.
    steps: Vec<(f64, f64, f64)>,
}

impl Presence {
    fn of(spans: impl Iterator<Item = (f64, f64)>) -> Presence {
        let finite = spans.filter(|(from_s, until_s)| from_s.is_finite() && until_s.is_finite());
        let mut changes: Vec<(f64, f64)> =
            finite.flat_map(|(from_s, until_s)| [(from_s, 1.0), (until_s, -1.0)]).collect();
        changes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut now_s, mut count, mut integral) = (0.0, 0.0, 0.0);
        let steps = changes.into_iter().map(|(at_s, change)| {
            integral += count * (at_s - now_s);
            now_s = at_s;
            count += change;
            (at_s, count, integral)
        });
        Presence { steps: steps.collect() }
    }

    /// Peer-seconds of presence within a span.
    fn during(&self, (from_s, until_s): (f64, f64)) -> f64 {
        self.until(until_s) - self.until(from_s)
    }

    fn until(&self, time_s: f64) -> f64 {
        let after = self.steps.partition_point(|step| step.0 <= time_s);
        after.checked_sub(1).map_or(0.0, |last| {
            let (at_s, count, integral) = self.steps[last];
            integral + count * (time_s - at_s)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{LEECHER, SEED};
    use super::*;

    fn peer(number: u32, group: &str, role: &str, span: (f64, f64)) -> PeerRow {
        PeerRow {
            peer: number,
            group: group.to_owned(),
            role: role.to_owned(),
            joined_s: span.0,
            left_s: Some(span.1),
            ..PeerRow::default()
        }
    }

    fn unchoked(uploader: u32, downloader: u32, unchoked_s: f64) -> TransferRow {
        TransferRow { uploader, downloader, unchoked_s, ..TransferRow::default() }
    }

    #[test]
    fn two_classes_that_keep_to_themselves() {
        let all = (0.0, 100.0);
        let peers = [
            peer(0, "seed", SEED, all),
            peer(1, "fast", LEECHER, all),
            peer(2, "fast", LEECHER, all),
            peer(3, "slow", LEECHER, all),
            peer(4, "slow", LEECHER, all),
        ];
        let transfers =
            [unchoked(1, 2, 60.0), unchoked(2, 1, 30.0), unchoked(3, 4, 30.0), unchoked(0, 1, 8.0)];
        let mixing = Mixing::of(&peers, &transfers, 100.0);
        assert_eq!(mixing.givers, ["seed", "fast", "slow"]);
        assert_eq!(mixing.takers, ["fast", "slow"]);
        // Each has three others, of whom one is of its class.
        assert!((mixing.cells[1][0].at_random_s - 30.0).abs() < 1e-9);
        assert!((mixing.clustering().unwrap() - 3.0).abs() < 1e-9);
        assert_eq!(mixing.cells[0][0], Share { unchoked_s: 8.0, at_random_s: 4.0 });
        // Who was hardly there could hardly be chosen.
        let mut brief = peers.clone();
        brief[3].left_s = Some(50.0);
        brief[4].left_s = Some(50.0);
        let mixing = Mixing::of(&brief, &transfers[..2], 100.0);
        assert!((mixing.cells[1][0].at_random_s - 45.0).abs() < 1e-9, "{mixing:?}");
    }

    #[test]
    fn what_was_given_after_completion_does_not_count_and_one_class_is_none() {
        let peers = [peer(0, "home", LEECHER, (0.0, 9.0)), peer(1, "home", LEECHER, (0.0, 9.0))];
        let row = TransferRow { unchoked_complete_s: 3.0, ..unchoked(0, 1, 5.0) };
        let mixing = Mixing::of(&peers, &[row], 9.0);
        assert_eq!(mixing.cells, [[Share { unchoked_s: 2.0, at_random_s: 2.0 }]]);
        assert_eq!(mixing.clustering(), None);
    }

    #[test]
    fn a_lone_group_of_different_uplinks_falls_into_thirds() {
        let all = (0.0, 9.0);
        let mut peers: Vec<PeerRow> = (0..9).map(|number| peer(number, "home", LEECHER, all)).collect();
        peers.iter_mut().for_each(|peer| peer.up_bits_per_s = 10 + u64::from(peer.peer));
        let mixing = Mixing::of(&peers, &[], 9.0);
        assert_eq!(mixing.takers, ["home, slow third", "home, middle third", "home, fast third"]);
        peers.iter_mut().for_each(|peer| peer.up_bits_per_s = 10);
        assert_eq!(Mixing::of(&peers, &[], 9.0).takers, ["home"]);
    }

    proptest! {
        /// Whoever spends its slots, as much is spent as there was to spend.
        #[test]
        fn random_mixing_spends_the_same(
            rows in prop::collection::vec((0u32..12, 0u32..12, 0.0..50.0f64), 0..60),
            spans in prop::collection::vec((0.0..50.0f64, 51.0..100.0f64), 12),
        ) {
            let peers: Vec<PeerRow> = spans.iter().enumerate().map(|(number, span)| {
                let group = ["seed", "a", "b", "c"][number % 4];
                peer(number as u32, group, if number % 4 == 0 { SEED } else { LEECHER }, *span)
            }).collect();
            let rows: Vec<TransferRow> = rows.into_iter().filter(|row| row.0 != row.1 && row.1 % 4 != 0)
                .map(|(from, to, seconds)| unchoked(from, to, seconds)).collect();
            let mixing = Mixing::of(&peers, &rows, 100.0);
            let spent: f64 = rows.iter().map(|row| row.unchoked_s).sum();
            let cells = || mixing.cells.iter().flatten();
            prop_assert!((cells().map(|cell| cell.unchoked_s).sum::<f64>() - spent).abs() < 1e-6);
            prop_assert!((cells().map(|cell| cell.at_random_s).sum::<f64>() - spent).abs() < 1e-6);
        }
    }
}
