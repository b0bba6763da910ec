//! What is known of each piece of one torrent: who has it, whether it is here, and how far it has come.
//!
//! Owns the held set, the availability of every piece, and the state of every block of the pieces in progress. Takes no
//! decisions: a [picker](crate::picker) reads, the torrent commits.

pub mod availability;
pub mod partial_piece;
pub mod piece_map;

pub use availability::Availability;
pub use partial_piece::{BlockState, PartialPiece};
pub use piece_map::PieceMap;
