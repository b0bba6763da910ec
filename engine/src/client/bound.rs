//! One port for streams and for datagrams.

use std::io;
use std::net::SocketAddr;

use super::Net;

/// Ports that are tried where any will do, until one is free for both kinds of sockets.
const PORTS_TRIED_MAX: usize = 16;

/// Where somebody is found.
pub(crate) struct Bound<N: Net> {
    pub listener: Option<N::Listener>,
    pub datagrams: N::Datagrams,
    pub address: SocketAddr,
}

impl<N: Net> Bound<N> {
    /// Takes streams and datagrams at one address and one port.
    pub async fn listening(net: &N, address: SocketAddr) -> io::Result<Bound<N>> {
        let mut tries = if address.port() == 0 { PORTS_TRIED_MAX } else { 1 };
        loop {
            let (listener, bound) = net.bind(address).await?;
            match net.bind_datagrams(bound).await {
                Ok((datagrams, address)) => {
                    return Ok(Bound { listener: Some(listener), datagrams, address });
                }
                // Somebody has the port for datagrams: another one is as good.
                Err(error) if error.kind() == io::ErrorKind::AddrInUse && tries > 1 => tries -= 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes datagrams only, at any of these addresses and any port.
    pub async fn for_datagrams(net: &N, addresses: &[SocketAddr]) -> io::Result<Bound<N>> {
        let mut failure = io::ErrorKind::AddrNotAvailable.into();
        for address in addresses {
            match net.bind_datagrams(*address).await {
                Ok((datagrams, address)) => return Ok(Bound { listener: None, datagrams, address }),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }
}
