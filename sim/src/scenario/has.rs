//! `has`: what a host holds when it arrives.

use super::text::{Cases, Count, Fields, OneOf, quoted_toml};
use super::value::Percent;

/// What a host holds when it arrives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Has {
    /// `"all"`: it is a seed.
    All,
    /// `"nothing"`: it is a leecher.
    Nothing,
    /// `{ share = "30 %" }`: random pieces, each host's own draw; over 0 and below 1.
    Share(f64),
    /// `{ all_but = 1 }`: all but the last so many pieces, the same ones for everybody in every such group; at least 1.
    AllBut(u32),
}

const ALL_BUT: Count = Count(1..=u32::MAX);

/// How it is said.
pub const HAS: OneOf<Has> = OneOf { what: "what a host holds", cases, write };

fn cases(cases: &mut Cases<'_, '_, Has>) {
    cases.word("all", "Everything: a seed.", Has::All);
    cases.word("nothing", "Nothing: a leecher.", Has::Nothing);
    cases.table(
        &["share"],
        "{ share = \"30 %\" }",
        "A share of the pieces, drawn at random by each host.",
        |keys| {
            let share = keys.required("share", "\"30 %\"", "The share of the pieces.", &Percent::Part);
            Ok(Has::Share(share?))
        },
    );
    cases.table(
        &["all_but"],
        "{ all_but = 1 }",
        "All but so many pieces, the last ones of the torrent: everybody lacks the same.",
        |keys| {
            let lacks = keys.required("all_but", "1", "How many pieces are lacking.", &ALL_BUT);
            Ok(Has::AllBut(lacks?))
        },
    );
}

fn write(has: &Has) -> String {
    match has {
        Has::All => quoted_toml("all"),
        Has::Nothing => quoted_toml("nothing"),
        Has::Share(share) => Fields::inline(|fields| fields.put("share", &Percent::Part, share)),
        Has::AllBut(pieces) => Fields::inline(|fields| fields.put("all_but", &ALL_BUT, pieces)),
    }
}
