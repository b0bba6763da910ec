//! The extension handshake (BEP 10).
/// x
#[derive(Debug)]
pub struct ExtensionHandshake {}
