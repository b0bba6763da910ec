//! The rows. Pieces 0 to 9 are held by the client, 10 to 19 are not; it dials nobody, so it is idle until a peer speaks.

mod sharing;
mod speaking;

use swarmlab_engine::wire::Message;

use super::words::wire;
use super::{Answer, Row, Script, Step};

pub use sharing::{announcements, fast_messages, floods, pieces, requests};
pub use speaking::{extensions, framing, handshakes, patience};

fn row(name: &'static str, scripts: impl Into<Vec<Script>>, answer: Answer) -> Row {
    let reads_max = usize::from(answer == Answer::Served);
    Row { name, scripts: scripts.into(), answer, reads_max }
}

impl Row {
    fn reading(self, reads_max: usize) -> Row {
        Row { reads_max, ..self }
    }
}

/// Greets, and says this.
fn say(bytes: &[u8]) -> Script {
    vec![Step::Greet { fast: true }, Step::Say(bytes.to_vec())]
}

fn says(messages: &[Message]) -> Script {
    say(&messages.iter().flat_map(wire).collect::<Vec<u8>>())
}

/// Greets, and waits until its requests will be served.
fn unchoked(fast: bool) -> Script {
    let is_unchoke = |message: &Message| matches!(message, Message::Unchoke);
    vec![
        Step::Greet { fast },
        Step::Say(wire(&Message::Interested)),
        Step::Hear { count: 1, like: is_unchoke },
    ]
}
