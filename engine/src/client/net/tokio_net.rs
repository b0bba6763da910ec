//! The kernel's TCP and UDP.

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::{TcpListener, TcpStream, UdpSocket, lookup_host};

use super::Net;

/// Bytes that the kernel may hold unsent for a stream (`TCP_NOTSENT_LOWAT`): a block. The kernel's own buffer would take
/// megabytes, decided upon long before they are sent.
pub const NOTSENT_BYTES: u32 = 16 * 1024;

/// Connections that wait to be accepted.
const BACKLOG: i32 = 128;

/// TCP and UDP over IPv4 and IPv6.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioNet;

impl Net for TokioNet {
    type Stream = TcpStream;
    type Listener = TcpListener;
    type Datagrams = UdpSocket;

    /// `[::]` takes IPv4 as well.
    async fn bind(&self, address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
        let socket = socket(address, Type::STREAM, Protocol::TCP)?;
        // Else a restart within a minute or two finds its own port taken by connections that have ended.
        #[cfg(unix)]
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        let listener = TcpListener::from_std(socket.into())?;
        let bound = listener.local_addr()?;
        Ok((listener, bound))
    }

    async fn accept(&self, listener: &mut TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, remote) = listener.accept().await?;
        tune(&stream);
        Ok((stream, canonical(remote)))
    }

    async fn connect(&self, to: SocketAddr) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(to).await?;
        tune(&stream);
        Ok(stream)
    }

    /// `[::]` takes IPv4 as well.
    async fn bind_datagrams(&self, address: SocketAddr) -> io::Result<(UdpSocket, SocketAddr)> {
        let socket = socket(address, Type::DGRAM, Protocol::UDP)?;
        socket.bind(&address.into())?;
        let socket = UdpSocket::from_std(socket.into())?;
        let bound = socket.local_addr()?;
        Ok((socket, bound))
    }

    async fn receive(&self, socket: &UdpSocket, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        let (length, from) = socket.recv_from(buffer).await?;
        Ok((length, canonical(from)))
    }

    async fn send(&self, socket: &UdpSocket, to: SocketAddr, datagram: &[u8]) -> io::Result<()> {
        // A socket of IPv6 knows addresses of IPv4 by another name.
        let to = match (socket.local_addr()?, to) {
            (SocketAddr::V6(_), SocketAddr::V4(v4)) => (v4.ip().to_ipv6_mapped(), v4.port()).into(),
            (_, to) => to,
        };
        socket.send_to(datagram, to).await.map(|_| ())
    }

    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(lookup_host((host, port)).await?.collect())
    }
}

/// A socket that is not bound yet.
fn socket(address: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind, Some(protocol))?;
    if address.is_ipv6() {
        socket.set_only_v6(!address.ip().is_unspecified())?;
    }
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// Whoever has an address of IPv4 must be known by one address, whichever kind of socket it reached.
fn canonical(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        ip if ip.is_ipv4() => SocketAddr::new(ip, address.port()),
        _ => address,
    }
}

/// Sends at once, and late. A stream works without either, so a refusal is nothing to fail for.
fn tune(stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let _ = SockRef::from(stream).set_tcp_notsent_lowat(NOTSENT_BYTES);
}
