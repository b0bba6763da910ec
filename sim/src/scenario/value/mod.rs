//! Values with units, each kind in its own file: how it is read, in which range, and how it is written for people.

mod bytes;
mod frequency;
mod label;
mod percent;
mod quantity;
mod rate;
mod span;

pub use bytes::{Buffer, SIZE};
pub use frequency::Frequency;
pub use label::{Label, check as check_label};
pub use percent::Percent;
pub use quantity::Within;
pub use rate::{LINK_RATE, parse_rate};
pub use span::{Span, written as span_written};
