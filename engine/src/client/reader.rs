//! One stream's bytes to the session.

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::mpsc;

use crate::session::ConnectionId;

use super::NetworkEvent;

/// Bytes read at a time at most: eight blocks, so that a system call is worth it.
pub const READ_BUFFER_BYTES: usize = 128 * 1024;
/// A new buffer is begun when less than this is left: reading into a small rest would cost a system call for little.
const READ_ROOM_MIN_BYTES: usize = 16 * 1024;

/// Reads to the end. What was read is handed on before more is read, so a busy owner closes the kernel's window.
pub(super) async fn read<Stream>(
    connection: ConnectionId,
    mut stream: impl AsyncRead + Unpin,
    events: mpsc::Sender<NetworkEvent<Stream>>,
) {
    let mut buffer = BytesMut::new();
    loop {
        if buffer.capacity() < READ_ROOM_MIN_BYTES {
            buffer = BytesMut::with_capacity(READ_BUFFER_BYTES);
        }
        let event = match stream.read_buf(&mut buffer).await {
            Ok(0) | Err(_) => NetworkEvent::Ended { connection },
            Ok(_) => NetworkEvent::Received { connection, data: buffer.split().freeze() },
        };
        let ended = matches!(event, NetworkEvent::Ended { .. });
        if events.send(event).await.is_err() || ended {
            return;
        }
    }
}
