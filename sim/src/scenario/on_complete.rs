//! `on_complete`: what a host does once it has everything.

use super::spans::{SPANS, Spans};
use super::text::{Cases, Fields, OneOf, quoted_toml};

/// What a host does once it has everything. A seed has everything when it arrives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OnComplete {
    /// `"stay"`: it seeds to the end of the run.
    Stay,
    /// `"leave"`: it is gone at once.
    Leave,
    /// `{ stay = "30 s" }`: it seeds for such a span and leaves then.
    StayFor(Spans),
}

/// How it is said.
pub const ON_COMPLETE: OneOf<OnComplete> = OneOf { what: "what a complete host does", cases, write };

fn cases(cases: &mut Cases<'_, '_, OnComplete>) {
    cases.word("stay", "It seeds to the end of the run.", OnComplete::Stay);
    cases.word("leave", "It leaves at once.", OnComplete::Leave);
    cases.table(&["stay"], "{ stay = \"30 s\" }", "It seeds for such a span and leaves then.", |keys| {
        let stay = keys.required("stay", "\"30 s\"", "How long it seeds.", &SPANS);
        Ok(OnComplete::StayFor(stay?))
    });
}

fn write(on_complete: &OnComplete) -> String {
    match on_complete {
        OnComplete::Stay => quoted_toml("stay"),
        OnComplete::Leave => quoted_toml("leave"),
        OnComplete::StayFor(spans) => Fields::inline(|fields| fields.put("stay", &SPANS, spans)),
    }
}
