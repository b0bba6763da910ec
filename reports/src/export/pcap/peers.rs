//! Which peers are captured, as a person writes it: `0,1,5-9`.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Numbers of peers, as ranges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerRanges(Vec<RangeInclusive<u32>>);

/// What is wrong with what should be ranges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerRangesError {
    part: String,
}

impl fmt::Display for PeerRangesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no peer and no range of peers: write numbers like 0,1,5-9", self.part)
    }
}

impl std::error::Error for PeerRangesError {}

impl PeerRanges {
    /// Whether a peer is among them.
    pub fn contains(&self, peer: u32) -> bool {
        self.0.iter().any(|range| range.contains(&peer))
    }

    /// The largest number.
    pub fn last(&self) -> u32 {
        self.0.iter().map(|range| *range.end()).max().unwrap_or(0)
    }
}

impl FromStr for PeerRanges {
    type Err = PeerRangesError;

    fn from_str(text: &str) -> Result<PeerRanges, PeerRangesError> {
        let ranges = text.split(',').map(|part| {
            let number = |text: &str| text.trim().parse::<u32>().ok();
            let range = match part.split_once('-') {
                Some((first, last)) => number(first).zip(number(last)).map(|(first, last)| first..=last),
                None => number(part).map(|one| one..=one),
            };
            range.filter(|range| !range.is_empty()).ok_or_else(|| PeerRangesError { part: part.to_owned() })
        });
        Ok(PeerRanges(ranges.collect::<Result<_, _>>()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_numbers_and_ranges() {
        let peers: PeerRanges = "0, 1,5-9".parse().unwrap();
        let among: Vec<u32> = (0..12).filter(|&peer| peers.contains(peer)).collect();
        assert_eq!(among, [0, 1, 5, 6, 7, 8, 9]);
        assert_eq!(peers.last(), 9);
        for (wrong, part) in
            [("", ""), ("1,,2", ""), ("-3", "-3"), ("9-5", "9-5"), ("a", "a"), ("1,4294967296", "4294967296")]
        {
            assert_eq!(
                wrong.parse::<PeerRanges>(),
                Err(PeerRangesError { part: part.to_owned() }),
                "{wrong}"
            );
        }
    }
}
