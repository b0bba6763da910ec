//! The network as the driver needs it: one small trait, so that the same driver runs on the kernel's sockets and on
//! simulated ones.

mod tokio_net;

pub use tokio_net::{NOTSENT_BYTES, TokioNet};

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite};

/// The longest datagram that is taken whole; what is beyond is cut off, and nobody here understands it then.
pub const DATAGRAM_BYTES_MAX: usize = 64 * 1024;

/// A network of streams and datagrams.
pub trait Net: Send + Sync + 'static {
    /// A connected stream. Dropping it closes it.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;
    /// A place where others can connect.
    type Listener: Send + 'static;
    /// A place where datagrams come and go.
    type Datagrams: Send + Sync + 'static;

    /// Listens at this address; says which one it became, since port 0 asks for any.
    fn bind(
        &self,
        address: SocketAddr,
    ) -> impl Future<Output = io::Result<(Self::Listener, SocketAddr)>> + Send;

    /// The next connection from outside, and who it is.
    fn accept(
        &self,
        listener: &mut Self::Listener,
    ) -> impl Future<Output = io::Result<(Self::Stream, SocketAddr)>> + Send;

    /// Opens a stream.
    fn connect(&self, to: SocketAddr) -> impl Future<Output = io::Result<Self::Stream>> + Send;

    /// A place for datagrams at this address; says which one it became.
    fn bind_datagrams(
        &self,
        address: SocketAddr,
    ) -> impl Future<Output = io::Result<(Self::Datagrams, SocketAddr)>> + Send;

    /// The next datagram: its length, and who sent it. Nothing is lost if the future is dropped.
    fn receive(
        &self,
        place: &Self::Datagrams,
        buffer: &mut [u8],
    ) -> impl Future<Output = io::Result<(usize, SocketAddr)>> + Send;

    /// Sends a datagram, once there is room for it.
    fn send(
        &self,
        place: &Self::Datagrams,
        to: SocketAddr,
        datagram: &[u8],
    ) -> impl Future<Output = io::Result<()>> + Send;

    /// Whether datagrams from this place, which was bound there, can go to an address of this family.
    fn reaches(&self, bound: SocketAddr, to: SocketAddr) -> bool {
        bound.is_ipv4() == to.is_ipv4() || bound.ip().is_unspecified() && bound.is_ipv6()
    }

    /// The addresses of a name, best first.
    fn resolve(&self, host: &str, port: u16) -> impl Future<Output = io::Result<Vec<SocketAddr>>> + Send;
}
