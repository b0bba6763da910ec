//! A turmoil stream behind its host's access link.
//!
//! Bytes wait on the sender's side until its uplink has carried them, and on the receiver's until its downlink has. While
//! they wait the stream takes no more, so a full link holds the driver back as a full socket does.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};
use turmoil::net::TcpStream;

use swarmlab_engine::time::Time;

use super::access::Access;

/// A stream of one host.
pub struct Shaped {
    inner: TcpStream,
    access: Arc<Access>,
    leaving: Option<Passage>,
    arriving: Option<Passage>,
}

/// Bytes on their way through the link.
struct Passage {
    bytes: Vec<u8>,
    /// How many of them were handed over.
    taken: usize,
    through: Pin<Box<Sleep>>,
}

/// The simulated time, for whoever runs on a turmoil host.
pub fn now() -> Time {
    let elapsed = turmoil::sim_elapsed().expect("this runs on a host");
    Time::ZERO + elapsed
}

impl Shaped {
    /// The stream, behind this link.
    pub fn new(inner: TcpStream, access: Arc<Access>) -> Shaped {
        Shaped { inner, access, leaving: None, arriving: None }
    }

    fn poll_leave(&mut self, cx: &mut Context<'_>, gather: impl FnOnce(usize) -> Vec<u8>) -> Poll<io::Result<usize>> {
        let access = &self.access;
        let passage = self.leaving.get_or_insert_with(|| {
            let bytes = gather(access.unit_bytes());
            let now = now();
            Passage::new(access.send(now, bytes.len()), now, bytes)
        });
        ready!(passage.through.as_mut().poll(cx));
        while passage.taken < passage.bytes.len() {
            let written = ready!(Pin::new(&mut self.inner).poll_write(cx, &passage.bytes[passage.taken..]));
            match written {
                Ok(bytes) => passage.taken += bytes,
                Err(error) => {
                    self.leaving = None;
                    return Poll::Ready(Err(error));
                }
            }
        }
        let taken = passage.taken;
        self.leaving = None;
        Poll::Ready(Ok(taken))
    }
}

impl Passage {
    fn new(through: Time, now: Time, bytes: Vec<u8>) -> Passage {
        Passage { bytes, taken: 0, through: Box::pin(sleep_until(Instant::now() + through.since(now))) }
    }
}

impl AsyncWrite for Shaped {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_leave(cx, |room| bytes[..bytes.len().min(room)].to_vec())
    }

    /// Head and body of a message travel together.
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_leave(cx, |room| {
            let mut bytes = Vec::new();
            for slice in slices {
                let fits = slice.len().min(room - bytes.len());
                bytes.extend_from_slice(&slice[..fits]);
            }
            bytes
        })
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl AsyncRead for Shaped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.arriving.is_none() {
            let mut bytes = vec![0; this.access.unit_bytes()];
            let mut read = ReadBuf::new(&mut bytes);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut read))?;
            let length = read.filled().len();
            bytes.truncate(length);
            if bytes.is_empty() {
                return Poll::Ready(Ok(()));
            }
            let now = now();
            this.arriving = Some(Passage::new(this.access.receive(now, bytes.len()), now, bytes));
        }
        let passage = this.arriving.as_mut().expect("it was put there");
        ready!(passage.through.as_mut().poll(cx));
        let rest = &passage.bytes[passage.taken..];
        let fits = rest.len().min(buffer.remaining());
        buffer.put_slice(&rest[..fits]);
        passage.taken += fits;
        if passage.taken == passage.bytes.len() {
            this.arriving = None;
        }
        Poll::Ready(Ok(()))
    }
}
