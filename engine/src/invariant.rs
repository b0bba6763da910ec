//! What a client finds when it recounts its own books.

/// Two parts of a client disagree: a bug in the engine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{property}: {what}")]
pub struct Broken {
    /// The number of the property that doesn't hold, like `S18`.
    pub property: &'static str,
    /// What was found.
    pub what: String,
}

/// Goes on if the condition holds, else returns what is [`Broken`].
macro_rules! must_hold {
    ($condition:expr, $property:literal, $($what:tt)+) => {
        if !$condition {
            return Err($crate::invariant::Broken { property: $property, what: format!($($what)+) });
        }
    };
}

pub(crate) use must_hold;
