//! Values with units, each kind in its own file: how it is read, in which range, and how it is written for people.

mod bytes;
mod frequency;
mod label;
mod quantity;
mod rate;
mod span;

pub use bytes::SIZE;
pub use frequency::{read as read_frequency, written as frequency_written};
pub use label::check as check_label;
pub use rate::RATE;
pub use span::{read as read_span, written as span_written};
