//! How the figures of a summary are computed from the table of peers.

use super::PeerRow;

/// Jain's fairness index of `values` (Jain, Chiu and Hawe 1984): `(Σx)² / (n·Σx²)`, from 1/n (one has
/// everything) to 1 (all have the same). None of nothing, or if all are zero.
pub fn jain_index(values: &[f64]) -> Option<f64> {
    let sum: f64 = values.iter().sum();
    let squares: f64 = values.iter().map(|value| value * value).sum();
    (squares > 0.0).then(|| sum * sum / (values.len() as f64 * squares))
}

/// The share of the upload capacity that carried payload while somebody was downloading: payload sent over
/// the whole run, divided by the upload rates of all peers present, integrated over the time in which at
/// least one leecher was present and incomplete. Below 1 even at best, since headers and protocol share the
/// links. 0 without a leecher. Exact where the rates of links never changed and nobody was away in between.
pub fn upload_utilisation(peers: &[PeerRow], end_s: f64) -> f64 {
    let busy = busy_spans(peers, end_s);
    let capacity_bits: f64 = peers
        .iter()
        .map(|peer| {
            let (from_s, until_s) = (peer.joined_s, peer.present_until_s(end_s));
            let present_s: f64 = busy.iter().map(|span| overlap_s(*span, (from_s, until_s))).sum();
            peer.up_bits_per_s as f64 * present_s
        })
        .sum();
    let payload_bits = peers.iter().map(|peer| peer.uploaded_bytes as f64).sum::<f64>() * 8.0;
    if capacity_bits > 0.0 { payload_bits / capacity_bits } else { 0.0 }
}

/// The times in which at least one leecher was present and incomplete, disjoint and in order.
fn busy_spans(peers: &[PeerRow], end_s: f64) -> Vec<(f64, f64)> {
    let leechers = peers.iter().filter(|peer| peer.is_leecher());
    let mut wanted: Vec<(f64, f64)> =
        leechers.map(|peer| (peer.joined_s, peer.leeching_until_s(end_s))).collect();
    wanted.retain(|(from_s, until_s)| from_s < until_s);
    wanted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut spans: Vec<(f64, f64)> = Vec::new();
    for (from_s, until_s) in wanted {
        match spans.last_mut() {
            Some(last) if from_s <= last.1 => last.1 = last.1.max(until_s),
            _ => spans.push((from_s, until_s)),
        }
    }
    spans
}

fn overlap_s(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.1.min(b.1) - a.0.max(b.0)).max(0.0)
}

/// Seconds from the first leecher's arrival to the last completion.
pub(super) fn elapsed_s(peers: &[PeerRow]) -> Option<f64> {
    let leechers = || peers.iter().filter(|peer| peer.is_leecher());
    let first = leechers().map(|peer| peer.joined_s).min_by(f64::total_cmp)?;
    let last = leechers().filter_map(|peer| peer.completed_s).max_by(f64::total_cmp)?;
    Some(last - first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{LEECHER, SEED};
    use super::*;

    proptest! {
        #[test]
        fn jain_is_between_one_nth_and_one(values in prop::collection::vec(0.0..1e9f64, 1..40)) {
            if let Some(index) = jain_index(&values) {
                prop_assert!(index <= 1.0 + 1e-9 && index >= 1.0 / values.len() as f64 - 1e-9);
            }
        }
    }

    #[test]
    fn jain_of_known_values() {
        assert_eq!(jain_index(&[3.0, 3.0, 3.0]), Some(1.0));
        assert_eq!(jain_index(&[1.0, 0.0, 0.0, 0.0]), Some(0.25));
        assert_eq!(jain_index(&[]), None);
        assert_eq!(jain_index(&[0.0]), None);
    }

    #[test]
    fn capacity_counts_only_while_somebody_downloads() {
        let peer = |role: &str, joined_s, completed_s, left_s, uploaded_bytes| PeerRow {
            role: role.to_owned(),
            up_bits_per_s: 80,
            joined_s,
            completed_s,
            left_s,
            uploaded_bytes,
            ..PeerRow::default()
        };
        let peers = [
            peer(SEED, 0.0, None, None, 100), // present for both spans: 80 × (10 + 5)
            peer(LEECHER, 10.0, Some(20.0), Some(25.0), 50), // 80 × 10
            peer(LEECHER, 90.0, None, None, 0), // 80 × 5, until the end
        ];
        assert_eq!(upload_utilisation(&peers, 95.0), 150.0 * 8.0 / (80.0 * 30.0));
        assert_eq!(upload_utilisation(&peers[..1], 95.0), 0.0);
        assert_eq!(elapsed_s(&peers), Some(10.0));
    }
}
