//! `corrupt`: a fault, to see who notices.

use super::text::{Read, Value, Writer};

/// One block that each host of a group sends with flipped bytes at first. The receiver is not told: its hash check has
/// to find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CorruptBlock {
    /// `piece`: the block's piece, from 0. Required.
    pub piece: u32,
    /// `block`: which 16 KiB of the piece, from 0. Default: 0.
    pub block: u32,
    /// `times`: how many times each host sends it damaged before it sends it whole. Default: 1.
    pub times: u32,
}

impl CorruptBlock {
    pub(super) fn read(value: &Value<'_>) -> Read<CorruptBlock> {
        value.table(|keys| {
            let piece = keys.required("piece", "0", |value| value.count(0..=u32::MAX));
            let block = keys.or("block", 0, |value| value.count(0..=u32::MAX));
            let times = keys.or("times", 1, |value| value.count(1..=u32::MAX));
            Ok(CorruptBlock { piece: piece?, block: block?, times: times? })
        })
    }

    pub(super) fn write(&self, out: &mut Writer) {
        let CorruptBlock { piece, block, times } = self;
        out.bare("corrupt", format_args!("{{ piece = {piece}, block = {block}, times = {times} }}"));
    }
}
