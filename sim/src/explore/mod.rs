//! The search for broken properties: random scenarios, judged, and made small where they break something.
//!
//! Four parts that know little of each other: [`draw`] makes a scenario of a seed, [`judge`] runs it and says which
//! [property](crate::check::PROPERTIES) it breaks, [`shrink`] makes such a scenario plain, and [`search`] does all of it on
//! all processors. The clock and the wish to end stay with the caller.

mod draw;
mod judge;
mod search;
mod shrink;

pub use draw::{draw, draw_for};
pub use judge::{Judgement, judge, judge_in};
pub use search::{
    Broken, Folder, FolderError, Found, Observer, Plan, Progress, Seen, is_differential, search,
};
pub use shrink::{RUNS_MAX, Shrunk, Verdict, brief, shrink};
