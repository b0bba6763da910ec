//! Link rates, in bits a second. Both of the network's habits are read: bits (decimal) and bytes (decimal and binary).

use super::quantity::{Quantity, Unit, Within};

/// A rate, in bit/s.
pub(super) static RATE: Quantity = Quantity {
    name: "rate",
    what: "a rate",
    units: &[
        bits("bit/s", 1, &["bps", "b/s"]),
        bytes("B/s", 8, &["Bps"]),
        bits("kbit/s", 1_000, &["kbps", "Kbps", "kbit", "kb/s", "Kbit/s"]),
        bytes("kB/s", 8_000, &["kBps", "KBps", "KB/s"]),
        bytes("KiB/s", 8 << 10, &["KiBps"]),
        bits("Mbit/s", 1_000_000, &["Mbps", "mbps", "Mb/s", "Mbit", "Mbits/s"]),
        bytes("MB/s", 8_000_000, &["MBps"]),
        bytes("MiB/s", 8 << 20, &["MiBps"]),
        bits("Gbit/s", 1_000_000_000, &["Gbps", "gbps", "Gb/s", "Gbit"]),
        bytes("GB/s", 8_000_000_000, &["GBps"]),
        bytes("GiB/s", 8 << 30, &["GiBps"]),
    ],
    zero_unit: "bit/s",
};

const fn bits(name: &'static str, base: u64, slips: &'static [&'static str]) -> Unit {
    Unit { name, base, written: true, slips }
}

const fn bytes(name: &'static str, base: u64, slips: &'static [&'static str]) -> Unit {
    Unit { name, base, written: false, slips }
}

/// A terabit a second: beyond it a byte takes no time on the clock of a run.
const BITS_PER_S_MAX: u64 = 1_000_000_000_000;

/// The rate of a link, in bit/s.
pub const LINK_RATE: Within = Within { kind: &RATE, usual: "Mbit/s", range: 1..=BITS_PER_S_MAX };

/// The rate that these words say, in bit/s, as a scenario has it: for whoever reads rates elsewhere.
///
/// # Errors
/// What is wrong with them, in one line.
pub fn parse_rate(words: &str) -> Result<u64, String> {
    let rate = RATE.parse(words, LINK_RATE.usual).map_err(|complaint| complaint.brief())?;
    match LINK_RATE.range.contains(&rate) {
        true => Ok(rate),
        false => Err("a rate lies between 1 bit/s and 1000 Gbit/s".to_owned()),
    }
}
