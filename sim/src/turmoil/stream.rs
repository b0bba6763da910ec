//! A turmoil stream behind its host's access link.
//!
//! A full uplink takes nothing more, and a busy downlink gives out nothing, so a link holds the driver back as a full socket
//! does.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc;
use tokio::time::{Instant, Sleep, sleep_until};
use turmoil::net::TcpStream;
use turmoil::net::tcp::OwnedReadHalf;

use swarmlab_engine::time::Time;

use super::access::{Access, Ticket, Turn};
use super::courier::{Parcel, carry};

/// A stream of one host.
pub struct Shaped {
    access: Arc<Access>,
    parcels: mpsc::UnboundedSender<Parcel>,
    waiting: Option<Waiting>,
    inner: OwnedReadHalf,
    arriving: Option<Arriving>,
}

/// The stream waits for its turn at the uplink.
struct Waiting {
    ticket: Ticket,
    turn: Pin<Box<Sleep>>,
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

/// That time on this host's clock, if it is not over.
fn instant(now: Time, at: Time) -> Instant {
    Instant::now() + at.since(now)
}

impl Shaped {
    /// The stream, behind this link.
    pub fn new(stream: TcpStream, access: Arc<Access>) -> Shaped {
        let (inner, outer) = stream.into_split();
        let (parcels, taken) = mpsc::unbounded_channel();
        tokio::spawn(carry(outer, taken));
        Shaped { access, parcels, waiting: None, inner, arriving: None }
    }

    /// Hands so many bytes to the uplink, which `gather` makes, once it has room for them.
    fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        bytes: usize,
        gather: impl FnOnce(usize) -> Vec<u8>,
    ) -> Poll<io::Result<usize>> {
        let bytes = bytes.min(self.access.unit_bytes());
        loop {
            let now = now();
            let ticket = self.waiting.as_ref().map(|waiting| waiting.ticket);
            match self.access.send(now, bytes, ticket, cx) {
                Turn::Now(through) => {
                    self.waiting = None;
                    let parcel = Parcel::Bytes { bytes: gather(bytes), through: instant(now, through) };
                    let sent = self.parcels.send(parcel);
                    return Poll::Ready(sent.map(|()| bytes).map_err(|_| io::ErrorKind::BrokenPipe.into()));
                }
                Turn::Later(ticket, at) => {
                    // At least the next millisecond: what is left of the wait may be less than a timer can tell.
                    let at = instant(now, at).max(Instant::now() + std::time::Duration::from_millis(1));
                    let waiting = self
                        .waiting
                        .get_or_insert_with(|| Waiting { ticket, turn: Box::pin(sleep_until(at)) });
                    waiting.turn.as_mut().reset(at);
                    ready!(waiting.turn.as_mut().poll(cx));
                }
            }
        }
    }
}

impl Drop for Shaped {
    fn drop(&mut self) {
        if let Some(waiting) = &self.waiting {
            self.access.give_up(waiting.ticket);
        }
    }
}

impl AsyncWrite for Shaped {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_send(cx, bytes.len(), |taken| bytes[..taken].to_vec())
    }

    /// Head and body of a message travel together.
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let all = slices.iter().map(|slice| slice.len()).sum();
        self.poll_send(cx, all, |taken| {
            let mut bytes = Vec::with_capacity(taken);
            for slice in slices {
                let fits = slice.len().min(taken - bytes.len());
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

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Who has ended already needs no end.
        let _ = self.parcels.send(Parcel::End);
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
