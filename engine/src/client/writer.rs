//! The session's bytes to one stream.

use std::collections::VecDeque;
use std::io::{self, IoSlice};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;

use crate::session::{ConnectionId, Transmit};

use super::NetworkEvent;

/// Bytes of one connection that may have been pulled from the session and not been taken by the socket: four blocks.
/// Enough to keep the socket busy while the owner is asked for more; what is beyond it is decided upon later.
pub const WRITE_CREDIT_BYTES: usize = 64 * 1024;
/// Batches that may wait for one stream: when messages are small, this bounds their number before the bytes do.
pub(super) const WRITE_BATCHES_MAX: usize = 16;
/// Slices for one vectored write: head and body of every waiting batch.
const SLICES_MAX: usize = 2 * WRITE_BATCHES_MAX;

/// Writes what comes out of the queue, head and body together, and tells how much the socket took. When the queue is
/// closed, it writes the rest and closes the stream. A failed write is told by nobody: the reader notices the same end.
pub(super) async fn write<Stream>(
    connection: ConnectionId,
    mut stream: impl AsyncWrite + Unpin,
    mut queue: mpsc::Receiver<Transmit>,
    events: mpsc::Sender<NetworkEvent<Stream>>,
) {
    let mut waiting = Waiting::default();
    while let Some(first) = queue.recv().await {
        waiting.push(first);
        while !waiting.is_empty() {
            while let Ok(more) = queue.try_recv() {
                waiting.push(more);
            }
            let Ok(bytes @ 1..) = waiting.write_some(&mut stream).await else { return };
            // The owner may be gone while the rest is being written; then nobody counts any more.
            let _ = events.send(NetworkEvent::Written { connection, bytes }).await;
        }
    }
    let _ = stream.shutdown().await;
}

/// Chunks that the socket has not taken. No more than the credit, since the owner counts.
#[derive(Default)]
struct Waiting {
    chunks: VecDeque<Bytes>,
}

impl Waiting {
    fn push(&mut self, transmit: Transmit) {
        self.chunks.extend([transmit.head, transmit.body].into_iter().filter(|chunk| !chunk.is_empty()));
    }

    fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// One write, and how much it took.
    async fn write_some(&mut self, stream: &mut (impl AsyncWrite + Unpin)) -> io::Result<usize> {
        let mut slices = [IoSlice::new(&[]); SLICES_MAX];
        let used = self.chunks.len().min(SLICES_MAX);
        for (slice, chunk) in slices.iter_mut().zip(&self.chunks) {
            *slice = IoSlice::new(chunk);
        }
        let taken = stream.write_vectored(&slices[..used]).await?;
        self.take(taken);
        Ok(taken)
    }

    fn take(&mut self, mut bytes: usize) {
        while let Some(front) = self.chunks.front_mut() {
            if front.len() > bytes {
                front.advance(bytes);
                return;
            }
            bytes -= front.len();
            self.chunks.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio::io::{AsyncReadExt, duplex};

    use super::*;

    const CONNECTION: ConnectionId = ConnectionId { slot: 0, generation: 0 };

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_stream_gets_every_byte_in_order_and_the_owner_every_credit(
            batches in proptest::collection::vec((0usize..200, 0usize..3000), 0..40),
            pipe in 1usize..4000,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (got, wanted, credit) = runtime.block_on(async {
                let (ours, mut theirs) = duplex(pipe);
                let (queue, queued) = mpsc::channel(WRITE_BATCHES_MAX);
                let (events, mut told) = mpsc::channel::<NetworkEvent<()>>(1);
                let writer = tokio::spawn(write(CONNECTION, ours, queued, events));
                let count = tokio::spawn(async move {
                    let mut credit = 0;
                    while let Some(event) = told.recv().await {
                        if let NetworkEvent::Written { bytes, .. } = event {
                            credit += bytes;
                        }
                    }
                    credit
                });
                let read = tokio::spawn(async move {
                    let mut got = Vec::new();
                    theirs.read_to_end(&mut got).await.map(|_| got)
                });
                let mut wanted = Vec::new();
                for (number, (head, body)) in batches.into_iter().enumerate().filter(|(_, (h, b))| h + b > 0) {
                    let bytes: Bytes = (0..head + body).map(|at| (at * 7 + number) as u8).collect();
                    wanted.extend_from_slice(&bytes);
                    let transmit = Transmit { head: bytes.slice(..head), body: bytes.slice(head..) };
                    queue.send(transmit).await.expect("the writer runs");
                }
                drop(queue);
                writer.await.expect("the writer does not panic");
                (read.await.unwrap().unwrap(), wanted, count.await.unwrap())
            });
            prop_assert_eq!(credit, wanted.len());
            prop_assert_eq!(got, wanted);
        }
    }
}
