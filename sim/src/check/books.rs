//! The books: every client recounts its own whenever it has done something, and no stream of theirs is forgotten.

use super::judge::{Bench, Judge};
use super::{Circumstances, Seen};

/// Has every client recount.
pub struct Books;

impl Judge for Books {
    fn step(&mut self, bench: &mut Bench<'_>, circumstances: &Circumstances<'_>) {
        if let Some((peer, connection)) = circumstances.forgotten_stream {
            let what = format!("bytes wait on connection {connection} for a room that nobody will tell of");
            bench.violated("S26", [peer], what, []);
        }
    }

    fn see(&mut self, bench: &mut Bench<'_>, peer: u32, seen: &Seen<'_>) {
        if let Seen::Settled(session) = seen
            && let Err(broken) = session.check_invariants()
        {
            bench.violated(broken.property, [peer], broken.what, []);
        }
    }
}
