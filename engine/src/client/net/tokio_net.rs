//! The kernel's TCP.

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::{TcpListener, TcpStream, lookup_host};

use super::Net;

/// Bytes that the kernel may hold unsent for a stream (`TCP_NOTSENT_LOWAT`): a block. The kernel's own buffer would take
/// megabytes, decided upon long before they are sent.
pub const NOTSENT_BYTES: u32 = 16 * 1024;

/// Connections that wait to be accepted.
const BACKLOG: i32 = 128;

/// TCP over IPv4 and IPv6.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioNet;

impl Net for TokioNet {
    type Stream = TcpStream;
    type Listener = TcpListener;

    /// `[::]` takes IPv4 as well.
    async fn bind(&self, address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        if address.is_ipv6() {
            socket.set_only_v6(!address.ip().is_unspecified())?;
        }
        // Else a restart within a minute or two finds its own port taken by connections that have ended.
        #[cfg(unix)]
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        let listener = TcpListener::from_std(socket.into())?;
        let bound = listener.local_addr()?;
        Ok((listener, bound))
    }

    async fn accept(&self, listener: &mut TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, remote) = listener.accept().await?;
        tune(&stream);
        // An IPv4 peer must be known by one address, whichever kind of socket it reached.
        Ok((stream, SocketAddr::new(remote.ip().to_canonical(), remote.port())))
    }

    async fn connect(&self, to: SocketAddr) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(to).await?;
        tune(&stream);
        Ok(stream)
    }

    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(lookup_host((host, port)).await?.collect())
    }
}

/// Sends at once, and late. A stream works without either, so a refusal is nothing to fail for.
fn tune(stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let _ = SockRef::from(stream).set_tcp_notsent_lowat(NOTSENT_BYTES);
}
