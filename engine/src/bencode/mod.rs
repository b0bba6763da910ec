//! Bencoding (BEP 3): the format of torrent files, tracker answers and extension messages.
//!
//! [`decode`] reads untrusted bytes into a borrowed [`Value`] that remembers the raw span of every value, because an
//! info-hash is taken over the bytes as they arrived. It works without recursion and within stated [`Limits`].
//! [`Tree`] is the other direction: a value to be written, always in canonical form.
//!
//! What is refused: `i-0e`, leading zeros in integers and lengths, integers beyond 64 bits, truncation, trailing bytes,
//! keys that are not strings, and a key that stands twice in one dictionary (two readers could disagree on which one
//! counts). What is tolerated: keys out of order, because widely used makers have written such torrents and nothing
//! depends on the order once the original bytes are kept.

mod decode;
mod encode;
mod error;
mod value;

pub use decode::{Limits, decode, decode_prefix};
pub use encode::Tree;
pub use error::{Error, ErrorKind};
pub use value::{Dict, Kind, Value};
