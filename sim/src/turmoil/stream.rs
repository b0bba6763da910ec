//! A turmoil stream behind its host's access link.
//!
//! A full uplink takes nothing more, and a busy downlink gives out nothing, so a link holds the driver back as a full socket
//! does.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};
use turmoil::net::TcpStream;
use turmoil::net::tcp::OwnedReadHalf;

use swarmlab_engine::client::net::NOTSENT_BYTES;
use swarmlab_engine::time::Time;

use super::access::Access;
use super::courier::carry;
use super::outbox::Outbox;

/// A stream of one host.
pub struct Shaped {
    access: Arc<Access>,
    outbox: Arc<Outbox>,
    inner: OwnedReadHalf,
    arriving: Option<Arriving>,
}

/// Bytes on their way through the downlink.
struct Arriving {
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

/// That time on this host's clock, or now if it is over.
pub fn instant(now: Time, at: Time) -> Instant {
    Instant::now() + at.since(now)
}

impl Shaped {
    /// The stream, behind this link.
    pub fn new(stream: TcpStream, access: Arc<Access>) -> Shaped {
        let (inner, outer) = stream.into_split();
        let outbox = Arc::new(Outbox::default());
        tokio::spawn(carry(outer, outbox.clone(), access.clone()));
        Shaped { access, outbox, inner, arriving: None }
    }

    fn poll_room(&self, cx: &Context<'_>) -> Poll<io::Result<()>> {
        let room = self.outbox.poll_room(NOTSENT_BYTES as usize, cx);
        room.map_err(|()| io::ErrorKind::BrokenPipe.into())
    }
}

impl Drop for Shaped {
    fn drop(&mut self) {
        self.outbox.close();
    }
}

impl AsyncWrite for Shaped {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    /// As the kernel's with [`NOTSENT_BYTES`]: below that much unsent it takes a write whole, a unit at most.
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_room(cx))?;
        let mut taken = 0;
        for slice in slices {
            let fits = slice.len().min(self.access.unit_bytes() - taken);
            self.outbox.put(&slice[..fits]);
            taken += fits;
        }
        Poll::Ready(Ok(taken))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.outbox.close();
        Poll::Ready(Ok(()))
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
            let through = Box::pin(sleep_until(instant(now, this.access.receive(now, length))));
            this.arriving = Some(Arriving { bytes, taken: 0, through });
        }
        let arriving = this.arriving.as_mut().expect("it was put there");
        ready!(arriving.through.as_mut().poll(cx));
        let rest = &arriving.bytes[arriving.taken..];
        let fits = rest.len().min(buffer.remaining());
        buffer.put_slice(&rest[..fits]);
        arriving.taken += fits;
        if arriving.taken == arriving.bytes.len() {
            this.arriving = None;
        }
        Poll::Ready(Ok(()))
    }
}
