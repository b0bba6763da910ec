//! Requests over UDP.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::client::Net;

use super::Desk;

/// Bytes of a request that are looked at: the longest announce with the longest URL (BEP 41) has 2,200.
const REQUEST_BYTES_MAX: usize = 4 * 1024;
/// A failed receive means that something is wrong with the socket; trying again at once would spin.
const RECEIVE_PAUSE: Duration = Duration::from_millis(100);

/// Answers datagrams, for ever.
pub(super) async fn answer<N: Net>(net: Arc<N>, place: N::Datagrams, desk: Arc<Desk>) {
    let mut buffer = vec![0; REQUEST_BYTES_MAX];
    loop {
        match net.receive(&place, &mut buffer).await {
            Ok((length, from)) => {
                if let Some(answer) = desk.answer_datagram(from, &buffer[..length]) {
                    // There is no way back: lost.
                    let _ = net.send(&place, from, &answer).await;
                }
            }
            Err(_) => sleep(RECEIVE_PAUSE).await,
        }
    }
}
