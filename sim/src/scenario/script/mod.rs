//! `[[events]]`: what is done to a swarm while it runs.

mod action;
mod moment;
mod said;
mod tables;

use std::time::Duration;

use super::Scenario;
use super::stop::SIMULATED_TIME_MAX;
use super::text::{Complaint, Fields, Form, Keys, List, Read, Shape, Value, table_shape};
use super::value::{Label, Span};

pub use action::{Action, DiskFault, HowMany, Keeps, RateTarget, TrackerFault, Whom};
pub use moment::{Condition, Moment};

/// One thing that happens to the swarm.
#[derive(Clone, Debug, PartialEq)]
pub struct ScriptedEvent {
    /// `name`: so that others can refer to it, and results call it by it. Default: none.
    pub name: Option<String>,
    /// `at`, `after` with `delay`, or `when`: the moment. Required.
    pub moment: Moment,
    /// `for`: how long it lasts; it is undone afterwards. Default: it is not undone.
    pub lasts: Option<Duration>,
    /// What is done. Required.
    pub action: Action,
}

/// More are no script any more.
const EVENTS_MAX: usize = 1_000;
const LASTS: Span = Span("s", Duration::from_nanos(1)..=SIMULATED_TIME_MAX);

/// All events of a scenario.
pub const EVENTS: List<Event> = List(Event, EVENTS_MAX);

/// An event.
pub struct Event;

impl Form for Event {
    type T = ScriptedEvent;

    fn read(&self, value: &Value<'_>) -> Read<ScriptedEvent> {
        value.table(read)
    }

    fn shape(&self) -> Shape {
        Shape::Table(table_shape(read))
    }
}

fn read(keys: &mut Keys<'_>) -> Read<ScriptedEvent> {
    let name = keys.optional("name", "So that other events and the results can refer to it.", &Label);
    let moment = Moment::read(keys);
    let lasts = keys.optional(
        "for",
        "How long it lasts; it is undone afterwards, and a host that crashed starts again. If left out: it is not \
         undone.",
        &LASTS,
    );
    let action = Action::read(keys);
    let (name, moment, lasts, action) = (name?, moment?, lasts?, action?);
    if lasts.is_some() && !action.can_be_undone() {
        let complaint = Complaint::new("this can't be undone").label("leave out `for`");
        return Err(keys.refuse_key("for", complaint));
    }
    Ok(ScriptedEvent { name, moment, lasts, action })
}

impl ScriptedEvent {
    pub(super) fn write(&self, scenario: &Scenario, fields: &mut Fields) {
        fields.put_some("name", &Label, &self.name);
        self.moment.write(scenario, fields);
        fields.put_some("for", &LASTS, &self.lasts);
        self.action.write(scenario, fields);
    }
}
