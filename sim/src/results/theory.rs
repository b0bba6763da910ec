//! The lower bound on the time to distribute a file (Kumar and Ross, "Peer-Assisted File Distribution: The
//! Minimum Distribution Time", HotWeb 2006): `T_min = max(F / u_s, F / d_min, N·F / (u_s + Σ u_i))`.
//!
//! The three terms: the seeds must send everything once; the slowest leecher must receive everything; all
//! links up together must carry everything N times. Everything that leaves a link is counted as payload, so
//! no protocol can beat it, and none reaches it quite.

use super::PeerRow;

/// Which of the three terms is the largest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// `F / u_s`: the upload links of the seeds.
    SeedUpload,
    /// `F / d_min`: the slowest leecher's download link.
    SlowestDownload,
    /// `N·F / (u_s + Σ u_i)`: all upload links together.
    TotalUpload,
}

impl Term {
    /// The term in words.
    pub fn describe(self) -> &'static str {
        match self {
            Term::SeedUpload => "the seeds' upload binds: F / u_s",
            Term::SlowestDownload => "the slowest download link binds: F / d_min",
            Term::TotalUpload => "the upload of all peers together binds: N·F / (u_s + Σ u_i)",
        }
    }
}

/// The bound for one swarm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LowerBound {
    /// Seconds from the arrival of the leechers to the last completion, at the least.
    pub seconds: f64,
    /// The term that it comes from.
    pub binding: Term,
}

/// The bound for these peers and a content of `size_bytes`. None without a leecher or without a seed that can
/// upload.
pub fn lower_bound(peers: &[PeerRow], size_bytes: u64) -> Option<LowerBound> {
    // Whoever breaks the protocol may still send what is right: its uplink counts, its completion doesn't.
    let (leechers, seeds): (Vec<&PeerRow>, Vec<&PeerRow>) = peers.iter().partition(|peer| peer.is_leecher());
    let upload = |peers: &[&PeerRow]| peers.iter().map(|peer| peer.up_bits_per_s as f64).sum::<f64>();
    let size_bits = size_bytes as f64 * 8.0;
    let seed_up = upload(&seeds);
    let down_min = leechers.iter().map(|peer| peer.down_bits_per_s as f64).min_by(f64::total_cmp)?;
    let terms = [
        (size_bits / seed_up, Term::SeedUpload),
        (size_bits / down_min, Term::SlowestDownload),
        (leechers.len() as f64 * size_bits / (seed_up + upload(&leechers)), Term::TotalUpload),
    ];
    let (seconds, binding) = terms.into_iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    seconds.is_finite().then_some(LowerBound { seconds, binding })
}

/// Why the bound does not speak about this run; none if it does. It is stated for leechers that start with
/// nothing, all at once, until all are complete. Late seeds and departures only take upload capacity away, so
/// it holds with them too.
pub(super) fn not_applicable(peers: &[PeerRow], size_bytes: u64) -> Option<&'static str> {
    let leechers = || peers.iter().filter(|peer| peer.is_leecher());
    let first_joined_s = leechers().map(|peer| peer.joined_s).min_by(f64::total_cmp);
    let Some(first_joined_s) = first_joined_s else { return Some("nobody downloads") };
    if peers.iter().all(|peer| !peer.is_seed()) {
        return Some("no peer started with everything");
    }
    if leechers().any(|peer| peer.joined_s - first_joined_s > JOIN_SPREAD_S_MAX) {
        return Some("the leechers did not all join at once");
    }
    if leechers().any(|peer| peer.completed_s.is_none()) {
        return Some("not every leecher completed");
    }
    if leechers().any(|peer| peer.downloaded_bytes.saturating_sub(peer.wasted_bytes) < size_bytes) {
        return Some("a leecher started with a part of the content");
    }
    None
}

/// How far apart arrivals may be and still count as at once.
const JOIN_SPREAD_S_MAX: f64 = 1.0;

#[cfg(test)]
mod tests {
    use super::super::{LEECHER, SEED};
    use super::*;

    fn peer(role: &str, up: u64, down: u64) -> PeerRow {
        PeerRow { role: role.to_owned(), up_bits_per_s: up, down_bits_per_s: down, ..PeerRow::default() }
    }

    #[test]
    fn each_term_can_bind() {
        let swarm = |seed_up, up, down, leechers: usize| {
            let mut peers = vec![peer(SEED, seed_up, 0)];
            peers.resize(leechers + 1, peer(LEECHER, up, down));
            lower_bound(&peers, 1_000).map(|bound| (bound.seconds, bound.binding))
        };
        assert_eq!(swarm(1_000, 8_000, 8_000, 3), Some((8.0, Term::SeedUpload)));
        assert_eq!(swarm(8_000, 8_000, 2_000, 3), Some((4.0, Term::SlowestDownload)));
        assert_eq!(swarm(8_000, 0, 80_000, 5), Some((5.0, Term::TotalUpload)));
        assert_eq!(swarm(0, 8_000, 8_000, 3), None);
        assert_eq!(swarm(8_000, 8_000, 8_000, 0), None);
    }

    #[test]
    fn says_why_it_does_not_apply() {
        let seed = peer(SEED, 1, 1);
        let done = PeerRow { completed_s: Some(9.0), downloaded_bytes: 1_000, ..peer(LEECHER, 1, 1) };
        let reason = |leecher: PeerRow| not_applicable(&[seed.clone(), done.clone(), leecher], 1_000);
        assert_eq!(reason(done.clone()), None);
        assert_eq!(
            reason(PeerRow { joined_s: 5.0, ..done.clone() }),
            Some("the leechers did not all join at once")
        );
        assert_eq!(
            reason(PeerRow { completed_s: None, ..done.clone() }),
            Some("not every leecher completed")
        );
        assert_eq!(reason(PeerRow { left_s: Some(9.0), ..done.clone() }), None);
        let partial = PeerRow { downloaded_bytes: 1_000, wasted_bytes: 1, ..done.clone() };
        assert_eq!(reason(partial), Some("a leecher started with a part of the content"));
        assert_eq!(not_applicable(&[done], 1_000), Some("no peer started with everything"));
        assert_eq!(not_applicable(&[seed], 1_000), Some("nobody downloads"));
    }
}
