//! Carries what a stream has sent into turmoil, when its host's uplink is through with it.
//!
//! As the kernel does: what was taken from the client is delivered, whether the client is still there or not.

use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use turmoil::net::tcp::OwnedWriteHalf;

/// What is carried. What waits is bounded by the queue before the uplink, which takes no more.
#[derive(Debug)]
pub enum Parcel {
    /// Bytes, and when the last of them has left.
    Bytes {
        /// The bytes.
        bytes: Vec<u8>,
        /// When they have left.
        through: Instant,
    },
    /// The stream ends here.
    End,
}

/// Carries everything, in order. Ends when the stream does, from either side.
pub async fn carry(mut stream: OwnedWriteHalf, mut parcels: mpsc::UnboundedReceiver<Parcel>) {
    while let Some(parcel) = parcels.recv().await {
        match parcel {
            Parcel::Bytes { bytes, through } => {
                sleep_until(through).await;
                // The other side is gone; whoever reads here learns it.
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Parcel::End => break,
        }
    }
    let _ = stream.shutdown().await;
}
