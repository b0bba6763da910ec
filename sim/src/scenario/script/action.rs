//! What is done to the swarm. Groups and links are named by their places in the scenario.

use std::time::Duration;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// `partition`: nothing passes between two groups.
    Partition {
        /// `from`: one side, a group.
        from: usize,
        /// `to`: the other side; `None` is everybody outside `from`.
        to: Option<usize>,
        /// `one_way`: only what goes from `from` to `to` is blocked. Default: false.
        one_way: bool,
    },
    /// `loss`: packets from one group to another are lost, one way.
    Loss {
        /// `from`: a group.
        from: usize,
        /// `to`: a group; `None` is everybody outside `from`.
        to: Option<usize>,
        /// `loss`: the share of packets, over 0 and up to 1.
        loss: f64,
    },
    /// `delay`: packets from one group to another take longer, one way.
    Delay {
        /// `from`: a group.
        from: usize,
        /// `to`: a group; `None` is everybody outside `from`.
        to: Option<usize>,
        /// `delay`: how much longer.
        delay: Duration,
    },
    /// `rates`: links change their rates.
    Rates {
        /// `peers` or `link`: whose.
        target: RateTarget,
        /// `up`, in bit/s; `None` leaves it.
        up_bits_per_s: Option<u64>,
        /// `down`, in bit/s; `None` leaves it.
        down_bits_per_s: Option<u64>,
    },
    /// `crash`: hosts stop without a word to the tracker. With `for` they start again.
    Crash {
        /// `peers`, `share`, `count`.
        whom: Whom,
        /// `silent`: a power cut: their streams are not even reset. Default: false.
        silent: bool,
        /// `keeps`: what is on their disks when they start again. Default: everything.
        keeps: Keeps,
    },
    /// `leave`: hosts leave in order.
    Leave(Whom),
    /// `pause`: processes freeze: they read nothing and answer nothing.
    Pause(Whom),
    /// `reset`: all streams of hosts are reset.
    Reset(Whom),
    /// `tracker`: the tracker fails in a way.
    Tracker(TrackerFault),
    /// `disk`: the disks of hosts fail in a way.
    Disk {
        /// `peers`, `share`, `count`.
        whom: Whom,
        /// `fault`, with `delay`.
        fault: DiskFault,
    },
}

/// Whose rates change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateTarget {
    /// `peers`: the access links of a group.
    Peers(usize),
    /// `link`: a link of `[links]`.
    Link(usize),
}

/// Hosts of a group that an event concerns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Whom {
    /// `peers`: the group.
    pub group: usize,
    /// `share` or `count`: how many of its hosts that are there at that moment.
    pub how_many: HowMany,
}

/// How many hosts of a group an event concerns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HowMany {
    /// Every one.
    All,
    /// `share = "50 %"`: this share, over 0 and up to 1, of those that are there.
    Share(f64),
    /// `count = 3`: so many, or all if there are fewer; at least 1.
    Count(u32),
}

/// What a host that crashed finds on its disk when it starts again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keeps {
    /// `"everything"`: all that it had written.
    #[default]
    Everything,
    /// `"synced"`: the pieces that it had verified.
    Synced,
    /// `"nothing"`: an empty disk.
    Nothing,
}

/// How the tracker fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackerFault {
    /// `"down"`: connections are refused.
    Down,
    /// `"error"`: it answers with a failure reason.
    Error,
    /// `"garbage"`: it answers with bytes that mean nothing.
    Garbage,
    /// `"empty"`: it answers with no peers.
    Empty,
    /// `"slow"`: it answers late.
    Slow,
}

/// How a disk fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskFault {
    /// `"full"`: writes fail.
    Full,
    /// `"slow"`: every job takes so much longer (`delay`).
    Slow(Duration),
    /// `"error"`: reads and writes fail.
    Error,
    /// `"lying"`: reads give flipped bytes.
    Lying,
}
