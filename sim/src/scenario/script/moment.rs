//! When an event happens.

use std::time::Duration;

use crate::scenario::Scenario;
use crate::scenario::stop::SIMULATED_TIME_MAX;
use crate::scenario::text::{Cases, Complaint, Count, Fields, Keys, NameOf, Number, OneOf, Read};
use crate::scenario::value::{Percent, Span};

/// When an event happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Moment {
    /// `at = "60 s"`: simulated time.
    At(Duration),
    /// `after = "cut", delay = "30 s"`: so long after another event began.
    After {
        /// The place of the other event in [`Scenario::events`](crate::scenario::Scenario::events).
        event: usize,
        /// How long after it. Default: 0 s.
        delay: Duration,
    },
    /// `when = { … }`: as soon as a condition holds.
    When(Condition),
}

/// What the state of a swarm can be asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Condition {
    /// `{ complete = "50 %" }`: this share, over 0 and up to 1, of the leechers of the scenario has completed.
    Complete(f64),
    /// `{ copies = 1.5 }`: the hosts that started complete have sent so many copies of the payload.
    Copies(f64),
    /// `{ spread = 1 }`: every piece has so many copies outside the groups that started complete.
    Spread(u32),
}

const AT: Span = Span("s", Duration::ZERO..=SIMULATED_TIME_MAX);
const EVENT_NAME: NameOf = NameOf::Item { what: "event", array: "events" };
/// A million copies of a payload: what as many peers could take.
const COPIES: Number = Number(0.0..=1e6);
const SPREAD: Count = Count(1..=1_000_000);

const CONDITION: OneOf<Condition> = OneOf { what: "a condition", cases, write: write_condition };

impl Moment {
    pub(super) fn read(keys: &mut Keys<'_>) -> Read<Moment> {
        let at = keys.optional("at", "At this simulated time.", &AT);
        let after = keys.optional("after", "After the event of this name, `delay` later.", &EVENT_NAME);
        let delay = keys.optional("delay", "With `after`: how long after that event. If left out: 0 s.", &AT);
        let when = keys.optional("when", "Once, as soon as a condition holds.", &CONDITION);
        let set = keys.exactly_one(
            "an event has one moment",
            "at = \"60 s\", after = \"cut\" or when = { complete = \"50 %\" }",
            &[&["at"], &["after"], &["when"]],
        );
        let (at, after, delay, when) = (at?, after?, delay?, when?);
        set?;
        if delay.is_some() && after.is_none() {
            let complaint =
                Complaint::new("`delay` belongs to `after`").label("there is no event to wait for");
            return Err(keys.refuse_key("delay", complaint));
        }
        match (at, after, when) {
            (Some(at), _, _) => Ok(Moment::At(at)),
            (_, Some((event, _)), _) => Ok(Moment::After { event, delay: delay.unwrap_or_default() }),
            (_, _, Some(condition)) => Ok(Moment::When(condition)),
            // One of them is there: it was said so above.
            _ => Err(keys.refuse(Complaint::new("an event has one moment"))),
        }
    }

    pub(super) fn write(&self, scenario: &Scenario, fields: &mut Fields) {
        match self {
            Moment::At(at) => fields.put("at", &AT, at),
            Moment::After { event, delay } => {
                fields.text("after", scenario.events[*event].name.as_deref().unwrap_or_default());
                fields.put("delay", &AT, delay);
            }
            Moment::When(condition) => fields.put("when", &CONDITION, condition),
        }
    }
}

fn cases(cases: &mut Cases<'_, '_, Condition>) {
    cases.table(
        &["complete"],
        "{ complete = \"50 %\" }",
        "This share of the scenario's leechers has completed.",
        |keys| {
            let share = keys.required("complete", "\"50 %\"", "The share of the leechers.", &Percent::Some);
            Ok(Condition::Complete(share?))
        },
    );
    cases.table(
        &["copies"],
        "{ copies = 1.5 }",
        "The hosts that started complete have sent so many copies of the payload.",
        |keys| {
            let copies = keys.required("copies", "1.5", "How many copies.", &COPIES);
            Ok(Condition::Copies(copies?))
        },
    );
    cases.table(
        &["spread"],
        "{ spread = 1 }",
        "Every piece has so many copies outside the groups that started complete.",
        |keys| {
            let copies = keys.required("spread", "1", "How many copies of each piece.", &SPREAD);
            Ok(Condition::Spread(copies?))
        },
    );
}

fn write_condition(condition: &Condition) -> String {
    Fields::inline(|fields| match condition {
        Condition::Complete(share) => fields.put("complete", &Percent::Some, share),
        Condition::Copies(copies) => fields.put("copies", &COPIES, copies),
        Condition::Spread(copies) => fields.put("spread", &SPREAD, copies),
    })
}
