//! `corrupt`: a fault, to see who notices.

use super::text::{Count, Fields, Keys, Read, Table};

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

const PLACE: Count = Count(0..=u32::MAX);
const TIMES: Count = Count(1..=u32::MAX);

/// How it is said.
pub const CORRUPT: Table<CorruptBlock> = Table { read, write };

fn read(keys: &mut Keys<'_>) -> Read<CorruptBlock> {
    let piece = keys.required("piece", "0", "The block's piece, counted from 0.", &PLACE);
    let block = keys.or("block", "Which 16 KiB of the piece, counted from 0.", 0, &PLACE);
    let times =
        keys.or("times", "How many times each host sends it damaged before it sends it whole.", 1, &TIMES);
    Ok(CorruptBlock { piece: piece?, block: block?, times: times? })
}

fn write(corrupt: &CorruptBlock, fields: &mut Fields) {
    fields.put("piece", &PLACE, &corrupt.piece);
    fields.put("block", &PLACE, &corrupt.block);
    fields.put("times", &TIMES, &corrupt.times);
}
