//! What somebody who is to run a scenario can't do.

use std::fmt;

use super::text::Complaint;

/// Something in a scenario that a world does not have. It is never left out silently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The keys that lead to it, like `network`, `loss`.
    pub path: Vec<String>,
    /// What can't be done, in one line.
    pub what: String,
    /// What to do instead.
    pub remedy: String,
}

impl Refusal {
    /// What can't be done, where it stands, and what to do instead.
    pub fn new<'a>(
        path: impl IntoIterator<Item = &'a str>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Refusal {
        let path = path.into_iter().map(str::to_owned).collect();
        Refusal { path, what: what.into(), remedy: remedy.into() }
    }

    pub(super) fn complaint(&self) -> Complaint {
        Complaint::new(format!("{}: {}", self.path.join("."), self.what)).help(&self.remedy)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.path.join("."), self.what, self.remedy)
    }
}
