//! The network as the driver needs it: one small trait, so that the same driver runs on the kernel's sockets and on
//! simulated ones.

mod tokio_net;

pub use tokio_net::{NOTSENT_BYTES, TokioNet};

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite};

/// A network of streams.
pub trait Net: Send + Sync + 'static {
    /// A connected stream. Dropping it closes it.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;
    /// A place where others can connect.
    type Listener: Send + 'static;

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

    /// The addresses of a name, best first.
    fn resolve(&self, host: &str, port: u16) -> impl Future<Output = io::Result<Vec<SocketAddr>>> + Send;
}
