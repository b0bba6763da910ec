//! What a rule says.

/// A rule holds, or which property doesn't.
pub type Verdict = Result<(), Breach>;

/// A property that does not hold.
#[derive(Debug)]
pub struct Breach {
    /// Its number.
    pub property: &'static str,
    /// What was seen.
    pub what: String,
}

/// A verdict: this property does not hold.
pub fn breach(property: &'static str, what: impl FnOnce() -> String) -> Verdict {
    Err(Breach { property, what: what() })
}

/// A verdict: this property holds if the condition does.
pub fn holds(condition: bool, property: &'static str, what: impl FnOnce() -> String) -> Verdict {
    if condition { Ok(()) } else { breach(property, what) }
}
