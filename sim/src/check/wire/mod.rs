//! What peers say to each other, read from the bytes of their streams.

mod message;
mod reader;
mod transcript;

pub use message::{BLOCK_BYTES, Block, Said};
pub use reader::{Fragment, Reader};
pub use transcript::Transcript;
