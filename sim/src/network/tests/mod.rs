//! Situations the network must get right.

mod chaos;
mod lifecycle;
mod rates;
mod sharing;
mod world;
