//! Piece pickers.

/// The names by which a configuration or a scenario asks for a picker.
pub const NAMES: &[&str] = &["rarest-first", "random", "sequential"];
