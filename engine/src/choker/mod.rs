//! Chokers.

/// The names by which a configuration or a scenario asks for a leecher's choker.
pub const LEECHER_NAMES: &[&str] = &["tit-for-tat"];

/// The names by which a configuration or a scenario asks for a seed's choker.
pub const SEED_NAMES: &[&str] = &["round-robin", "fastest-upload"];
