//! What must be seen now and then. A search that never sees it is too tame to prove anything.

use std::ops::AddAssign;

macro_rules! sights {
    ($($(#[$doc:meta])* $sight:ident = $name:literal,)*) => {
        /// Something that a long search must see.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Sight {
            $($(#[$doc])* $sight,)*
        }

        impl Sight {
            /// Every sight, in order, with its name.
            pub const ALL: &[(Sight, &'static str)] = &[$((Sight::$sight, $name),)*];
        }
    };
}

sights! {
    /// A block was asked for that somebody else owed already.
    Endgame = "endgame entered",
    /// A block came though it was cancelled.
    CancelLost = "a CANCEL lost the race",
    /// Somebody choked who still owed blocks.
    ChokeInFlight = "choke with requests in flight",
    /// What one refused another was asked for.
    RejectedAskedElsewhere = "a rejected request asked elsewhere",
    /// A piece was bad to which several had contributed.
    SharedFailure = "a hash failure with two or more contributors",
    /// Of several suspects an innocent one went on to send a good piece.
    InnocentSurvived = "an innocent peer survived it",
    /// Somebody from whom all was taken back sent something again.
    SnubbedRecovered = "a snubbed peer recovered",
    /// The last piece to come was the last and short one.
    ShortPieceLast = "the short last piece finished last",
    /// The last one to have everything went, and of some piece one copy stayed.
    LastSeedLeft = "the last seed left with one piece rare",
    /// A disk that was full took a block again.
    DiskRecovered = "disk full and recovered",
    /// Of two connections between the same two peers one was dropped.
    DuplicateDropped = "duplicate connection dropped",
    /// As many requests were in flight to one peer as may ever be.
    RequestCap = "request cap hit",
    /// Somebody had to wait for a slot.
    SlotsTaken = "all slots taken",
    /// A block passed at the very moment for which a limit of the user had held it back.
    RateLimited = "a block that waited for a rate limit",
    /// A peer was banned.
    PeerBanned = "a peer banned",
    /// A host crashed that had written a part of a piece.
    CrashBeforeSync = "crash between write and sync",
    /// A block was sent to somebody who was choked, as BEP 6 allows.
    AllowedFastUpload = "an upload by allowed-fast while choked",
    /// The torrent had one piece.
    OnePieceTorrent = "a one-piece torrent",
    /// The last block of every piece was short.
    OddPieceLength = "a piece length that is no multiple of 16 KiB",
    /// Nothing passed between two groups.
    Partition = "fault: partition",
    /// Nothing passed from one group to another.
    PartitionOneWay = "fault: one-way partition",
    /// Packets between groups were lost.
    Loss = "fault: loss",
    /// Packets between groups took longer.
    Delay = "fault: delay",
    /// Access links changed their rates.
    Rates = "fault: rates",
    /// A shared link changed its rates.
    SharedRates = "fault: rates of a shared link",
    /// A host crashed, and its streams were reset.
    Crash = "fault: crash",
    /// A host crashed, and nobody was told.
    PowerCut = "fault: silent crash",
    /// What a crashed host had written was there again.
    CrashKeepsEverything = "fault: crash that keeps everything",
    /// A crashed host lost what it had not verified.
    CrashKeepsSynced = "fault: crash that keeps what was synced",
    /// A crashed host lost all it had.
    CrashKeepsNothing = "fault: crash that keeps nothing",
    /// Hosts left because the script said so.
    Leave = "fault: departure",
    /// A process froze.
    Pause = "fault: pause",
    /// All streams of a host were reset.
    Reset = "fault: reset",
    /// The tracker was down.
    TrackerDown = "fault: tracker down",
    /// The tracker answered with a failure reason.
    TrackerError = "fault: tracker error",
    /// The tracker answered with bytes that mean nothing.
    TrackerGarbage = "fault: tracker garbage",
    /// The tracker named no peers.
    TrackerEmpty = "fault: tracker empty",
    /// The tracker answered late.
    TrackerSlow = "fault: tracker slow",
    /// A disk was full.
    DiskFull = "fault: disk full",
    /// A disk was slow.
    DiskSlow = "fault: disk slow",
    /// A disk failed.
    DiskError = "fault: disk error",
    /// A disk handed out flipped bytes.
    DiskLies = "fault: disk lying",
    /// An honest client met one whose disk has a damaged block.
    CorruptBlock = "fault: corrupt block",
    /// An honest client met one that spoils blocks.
    Corrupts = "rogue: corrupts",
    /// An honest client met one that never sends.
    NeverSends = "rogue: never sends",
    /// An honest client met one that claims what it does not have.
    LiesHaveAll = "rogue: lies that it has all",
    /// An honest client met one that sends HAVE without end.
    FloodsHave = "rogue: floods with HAVE",
    /// An honest client met one that announces what it has again and again.
    RepeatsHave = "rogue: repeats HAVE",
    /// An honest client met one that sends a byte a second.
    Trickles = "rogue: trickles",
    /// An honest client met one that chokes and unchokes without rest.
    FlapsChoke = "rogue: flaps its choke",
    /// An honest client met one that sends what was cancelled.
    IgnoresCancel = "rogue: ignores CANCEL",
    /// An honest client met one that sends what nobody asked for.
    SendsUnasked = "rogue: sends unasked",
    /// An honest client met one that refuses every request.
    RejectsAll = "rogue: rejects all",
    /// An honest client met one that uploads nothing.
    FreeRides = "rogue: free-rides",
}

/// How often each was seen. Sums of several runs add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sometimes([u64; Sight::ALL.len()]);

impl Default for Sometimes {
    fn default() -> Self {
        Sometimes([0; Sight::ALL.len()])
    }
}

impl Sometimes {
    /// It was seen.
    pub fn count(&mut self, sight: Sight) {
        self.0[sight as usize] += 1;
    }

    /// Each with its name and how often it was seen.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        Sight::ALL.iter().zip(self.0).map(|((_, name), count)| (*name, count))
    }
}

impl AddAssign<&Sometimes> for Sometimes {
    fn add_assign(&mut self, other: &Sometimes) {
        self.0.iter_mut().zip(other.0).for_each(|(sum, count)| *sum += count);
    }
}
