//! Carries what a stream has sent: through its host's uplink when it is its turn, and into turmoil when the uplink is through
//! with it.
//!
//! As a kernel does: what was taken from the client is delivered, whether the client is still there or not.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;
use tokio::time::{Instant, Sleep, sleep_until};
use turmoil::net::tcp::OwnedWriteHalf;

use super::access::{Access, Ticket, Turn};
use super::outbox::Outbox;
use super::stream::{instant, now};

/// Bytes in the uplink, and when the last of them has left. What waits here is bounded by the uplink's queue.
type Parcel = (Instant, Vec<u8>);

/// Carries everything, in order. Ends when the stream does, from either side.
pub async fn carry(stream: OwnedWriteHalf, outbox: Arc<Outbox>, access: Arc<Access>) {
    let (parcels, taken) = mpsc::unbounded_channel();
    tokio::spawn(deliver(stream, outbox.clone(), taken));
    let mut place = Place { access, ticket: None };
    while let Some((through, bytes)) = place.next(&outbox).await {
        // Whoever delivers has said that it is over.
        if parcels.send((through, bytes)).is_err() {
            return;
        }
    }
}

async fn deliver(
    mut stream: OwnedWriteHalf,
    outbox: Arc<Outbox>,
    mut parcels: mpsc::UnboundedReceiver<Parcel>,
) {
    while let Some((through, bytes)) = parcels.recv().await {
        sleep_until(through).await;
        // The other side is gone; whoever reads here learns it.
        if stream.write_all(&bytes).await.is_err() {
            break;
        }
    }
    outbox.give_up();
    let _ = stream.shutdown().await;
}

/// A stream's place before the uplink, if it has to wait.
struct Place {
    access: Arc<Access>,
    ticket: Option<Ticket>,
}

impl Place {
    /// The next bytes that go through; none after the end.
    async fn next(&mut self, outbox: &Outbox) -> Option<Parcel> {
        let mut turn = pin!(sleep_until(Instant::now()));
        poll_fn(|cx| self.poll(outbox, turn.as_mut(), cx)).await
    }

    fn poll(
        &mut self,
        outbox: &Outbox,
        mut turn: std::pin::Pin<&mut Sleep>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Parcel>> {
        loop {
            let Some(bytes) = ready!(outbox.poll_length(self.access.unit_bytes(), cx)) else {
                return Poll::Ready(None);
            };
            let now = now();
            match self.access.send(now, bytes, self.ticket, cx) {
                Turn::Now(through) => {
                    self.ticket = None;
                    return Poll::Ready(Some((instant(now, through), outbox.take(bytes))));
                }
                Turn::Later(ticket, at) => {
                    self.ticket = Some(ticket);
                    // At least the next millisecond: what is left of the wait may be less than a timer can tell.
                    turn.as_mut().reset(instant(now, at).max(Instant::now() + Duration::from_millis(1)));
                    ready!(turn.as_mut().poll(cx));
                }
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            self.access.give_up(ticket);
        }
    }
}
