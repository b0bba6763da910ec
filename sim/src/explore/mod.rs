//! The search for broken properties.

mod draw;

pub use draw::draw;
