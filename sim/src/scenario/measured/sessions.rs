//! How long peers stay, as it was measured.

use std::time::Duration;

/// A Weibull distribution fitted to session lengths.
#[derive(Debug)]
pub struct MeasuredSessions {
    /// What scenarios call it.
    pub name: &'static str,
    /// The shape of the fit.
    pub shape: f64,
    /// Its scale.
    pub scale: Duration,
}

/// Where the fits come from.
pub const SOURCE: &str =
    "Weibull fits of the session lengths in three BitTorrent swarms, Stutzbach and Rejaie 2006.";

/// Every fit.
pub const ALL: &[MeasuredSessions] = &[
    MeasuredSessions { name: "red-hat", shape: 0.34, scale: Duration::from_secs(21 * 60 + 18) },
    MeasuredSessions { name: "debian", shape: 0.38, scale: Duration::from_secs(42 * 60 + 24) },
    MeasuredSessions { name: "flatout", shape: 0.59, scale: Duration::from_secs(41 * 60 + 54) },
];
