//! How long peers stay, as it was measured.

use std::time::Duration;

/// A Weibull distribution fitted to session lengths.
#[derive(Clone, Copy, Debug)]
pub struct MeasuredSessions {
    /// The shape of the fit.
    pub shape: f64,
    /// Its scale.
    pub scale: Duration,
}

/// Weibull fits of the session lengths in three BitTorrent swarms (Stutzbach and Rejaie 2006), by what scenarios call
/// them.
pub const SESSIONS: &[(&str, MeasuredSessions, &str)] = &[
    ("red-hat", fit(0.34, 213), "The swarm called Red Hat: shape 0.34, scale 21.3 min."),
    ("debian", fit(0.38, 424), "The swarm called Debian: shape 0.38, scale 42.4 min."),
    ("flatout", fit(0.59, 419), "The swarm called FlatOut: shape 0.59, scale 41.9 min."),
];

const fn fit(shape: f64, scale_tenths_of_min: u64) -> MeasuredSessions {
    MeasuredSessions { shape, scale: Duration::from_secs(scale_tenths_of_min * 6) }
}
