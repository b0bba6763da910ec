//! Situations the network must get right.

mod chaos;
mod datagrams;
mod faults;
mod lifecycle;
mod partition;
mod rates;
mod sharing;
mod tap;
mod theory;
mod topology;
mod world;
