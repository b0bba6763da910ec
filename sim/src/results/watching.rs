//! What those who watch have been through, all of them together.

use serde::{Deserialize, Serialize};

use super::{PeerRow, quantile};

/// Those of the leechers who watch the content while they fetch it. Means are over those who began; null if nobody did.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Watching {
    /// How many watch.
    pub viewers: u64,
    /// How many of them began.
    pub began: u64,
    /// Mean time from arrival to the first picture.
    pub startup_s: Option<f64>,
    /// Its 95th percentile.
    pub startup_p95_s: Option<f64>,
    /// Mean number of stalls.
    pub stalls: Option<f64>,
    /// Mean time in stalls, all of a viewer's together.
    pub stalled_s: Option<f64>,
    /// Mean of both waits together.
    pub waiting_s: Option<f64>,
    /// Mean share of the time since the beginning in which it played, 0 to 1.
    pub continuity: Option<f64>,
}

impl Watching {
    /// Of these peers; none if nobody watches.
    pub fn of<'a>(peers: impl Iterator<Item = &'a PeerRow>) -> Option<Watching> {
        let viewers: Vec<&PeerRow> = peers.filter(|peer| peer.stalls.is_some()).collect();
        let began: Vec<&PeerRow> = viewers.iter().copied().filter(|peer| peer.startup_s.is_some()).collect();
        let mean = |of: fn(&PeerRow) -> Option<f64>| {
            let sum: f64 = began.iter().filter_map(|peer| of(peer)).sum();
            (!began.is_empty()).then(|| sum / began.len() as f64)
        };
        let mut startups: Vec<f64> = began.iter().filter_map(|peer| peer.startup_s).collect();
        startups.sort_by(f64::total_cmp);
        (!viewers.is_empty()).then(|| Watching {
            viewers: viewers.len() as u64,
            began: began.len() as u64,
            startup_s: mean(|peer| peer.startup_s),
            startup_p95_s: quantile(&startups, 0.95),
            stalls: mean(|peer| peer.stalls.map(f64::from)),
            stalled_s: mean(|peer| peer.stalled_s),
            waiting_s: mean(PeerRow::waiting_s),
            continuity: mean(|peer| peer.continuity),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_over_those_who_began() {
        let viewer = |startup_s: Option<f64>, stalls, stalled_s| PeerRow {
            startup_s,
            stalls: Some(stalls),
            stalled_s: Some(stalled_s),
            continuity: startup_s.map(|_| 0.5),
            ..PeerRow::default()
        };
        let peers =
            [viewer(Some(4.0), 0, 0.0), viewer(Some(8.0), 3, 10.0), viewer(None, 0, 0.0), PeerRow::default()];
        let watching = Watching::of(peers.iter()).unwrap();
        assert_eq!((watching.viewers, watching.began), (3, 2));
        assert_eq!(
            (watching.startup_s, watching.stalls, watching.stalled_s),
            (Some(6.0), Some(1.5), Some(5.0))
        );
        assert_eq!((watching.waiting_s, watching.continuity), (Some(11.0), Some(0.5)));
        assert!((watching.startup_p95_s.unwrap() - 7.8).abs() < 1e-9);
        let nobody_began = Watching::of(peers[2..].iter()).unwrap();
        assert_eq!((nobody_began.viewers, nobody_began.startup_s), (1, None));
        assert_eq!(Watching::of(peers[3..].iter()), None);
    }
}
