//! The network as the driver needs it, over turmoil's sockets.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use turmoil::net::{TcpListener, TcpStream, UdpSocket};

use swarmlab_engine::client::Net;

use super::access::Access;
use super::stream::Shaped;

/// The network of one host.
#[derive(Clone, Debug)]
pub struct TurmoilNet {
    access: Arc<Access>,
    takes_inbound: bool,
}

/// A place where others can connect.
pub enum Listener {
    /// Everybody can.
    Open(TcpListener),
    /// Behind a router that lets nobody in: the client knows nothing of it.
    Closed,
}

impl TurmoilNet {
    /// The network of a host behind this link, to which others can connect or not.
    pub fn new(access: Arc<Access>, takes_inbound: bool) -> TurmoilNet {
        TurmoilNet { access, takes_inbound }
    }
}

impl Net for TurmoilNet {
    type Stream = Shaped;
    type Listener = Listener;
    /// Datagrams are few and short here: they take no part of the access rates.
    type Datagrams = UdpSocket;

    async fn bind(&self, address: SocketAddr) -> io::Result<(Listener, SocketAddr)> {
        if !self.takes_inbound {
            return Ok((Listener::Closed, address));
        }
        let listener = TcpListener::bind(address).await?;
        let bound = listener.local_addr()?;
        Ok((Listener::Open(listener), bound))
    }

    async fn accept(&self, listener: &mut Listener) -> io::Result<(Shaped, SocketAddr)> {
        match listener {
            Listener::Open(listener) => {
                let (stream, remote) = listener.accept().await?;
                Ok((Shaped::new(stream, self.access.clone()), remote))
            }
            Listener::Closed => std::future::pending().await,
        }
    }

    async fn connect(&self, to: SocketAddr) -> io::Result<Shaped> {
        Ok(Shaped::new(TcpStream::connect(to).await?, self.access.clone()))
    }

    async fn bind_datagrams(&self, address: SocketAddr) -> io::Result<(UdpSocket, SocketAddr)> {
        let socket = UdpSocket::bind(address).await?;
        let bound = socket.local_addr()?;
        Ok((socket, bound))
    }

    async fn receive(&self, place: &UdpSocket, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        place.recv_from(buffer).await
    }

    async fn send(&self, place: &UdpSocket, to: SocketAddr, datagram: &[u8]) -> io::Result<()> {
        place.send_to(datagram, to).await.map(|_| ())
    }

    /// Hosts have addresses and no names.
    async fn resolve(&self, _: &str, _: u16) -> io::Result<Vec<SocketAddr>> {
        Err(io::ErrorKind::NotFound.into())
    }
}
