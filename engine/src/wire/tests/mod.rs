//! The wire against the BEPs' own drawings: layouts byte for byte, limits to the byte, and streams cut everywhere.

mod framing;
mod handshake;
mod layout;
