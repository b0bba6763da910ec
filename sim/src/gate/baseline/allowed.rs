//! How much worse a measure may become: `"1.5 %"`, of a share `"0.5 points"`, or `"off"`.

use crate::measures::{Measure, Unit};
use crate::scenario::text::{Complaint, Form, Read, Shape, Value, quoted};

/// How a measure is not judged.
const OFF: &str = "off";
/// More would let through anything.
const PERCENT_MAX: f64 = 1_000.0;

/// What is allowed of a measure; nothing if it is not to be judged.
pub struct Allowed(pub &'static Measure);

impl Form for Allowed {
    type T = Option<f64>;

    fn read(&self, value: &Value<'_>) -> Read<Option<f64>> {
        let unit = unit(self.0);
        let example = format!("\"1.5 {unit}\", or \"{OFF}\"");
        if let Some(number) = value.bare_number() {
            let complaint = Complaint::new("what is allowed needs a unit");
            return Err(value.refuse(complaint.label(format!("did you mean \"{number} {unit}\"?"))));
        }
        let words = value.text(&example)?;
        if words == OFF {
            return Ok(None);
        }
        let end = words.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(words.len());
        let (number, given) = (&words[..end], words[end..].trim());
        let Some(percent) = number.parse::<f64>().ok().filter(|percent| *percent <= PERCENT_MAX) else {
            let complaint = Complaint::new(format!("{} is no limit", quoted(words)));
            return Err(value.refuse(complaint.label(format!("expected {example}"))));
        };
        if given != unit {
            let what = match self.0.unit {
                Unit::Share => "is a share: its change is counted in percentage points",
                Unit::Seconds | Unit::Wait | Unit::Copies | Unit::Index => {
                    "changes by a percentage of what it was"
                }
            };
            let complaint = Complaint::new(format!("`{}` {what}", self.0.name));
            return Err(value.refuse(complaint.label(format!("did you mean \"{number} {unit}\"?"))));
        }
        Ok(Some(percent / 100.0))
    }

    fn shape(&self) -> Shape {
        Shape::Text { what: format!("a limit in {}", unit(self.0)) }
    }
}

/// The unit of what is allowed.
pub fn unit(measure: &Measure) -> &'static str {
    match measure.unit {
        Unit::Share => "points",
        Unit::Seconds | Unit::Wait | Unit::Copies | Unit::Index => "%",
    }
}
