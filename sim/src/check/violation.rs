//! A property that did not hold, and what is known of it.

use std::fmt;

use swarmlab_engine::time::Time;

use super::Property;

/// The first property that did not hold in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub property: &'static Property,
    /// When, in simulated time.
    pub at: Time,
    /// The peers concerned, by their number; the one that is judged first.
    pub peers: Vec<u32>,
    /// What was seen.
    pub what: String,
    /// The last messages of the connection that it is about, oldest first; empty if it is about none.
    pub wire: Vec<String>,
}

/// The whole story, in several lines.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} was violated after {:.6} s", self.property, self.at.as_secs_f64())?;
        writeln!(f, "  must hold  {}", self.property.says)?;
        write!(f, "  was seen   {}", self.what)?;
        if let [judged, others @ ..] = &self.peers[..] {
            write!(f, "\n  peers      {judged}")?;
            others.iter().try_for_each(|other| write!(f, ", {other}"))?;
        }
        if !self.wire.is_empty() {
            write!(f, "\n  on the wire, the last at the bottom:")?;
            self.wire.iter().try_for_each(|message| write!(f, "\n    {message}"))?;
        }
        Ok(())
    }
}
