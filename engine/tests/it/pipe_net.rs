//! A network of pipes within one process: no kernel, no real time, no randomness. Datagrams all arrive.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use swarmlab_engine::client::Net;
use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc;

/// Connections that wait to be accepted.
const BACKLOG: usize = 16;

type Waiting = (DuplexStream, SocketAddr);
type Letter = (Vec<u8>, SocketAddr);

/// One host's access to the network. The addresses of listeners are shared among all hosts.
#[derive(Clone)]
pub struct PipeNet {
    own: SocketAddr,
    /// Bytes that a pipe holds in each direction.
    pipe_bytes: usize,
    listeners: Arc<Mutex<BTreeMap<SocketAddr, mpsc::Sender<Waiting>>>>,
    letter_boxes: Arc<Mutex<BTreeMap<SocketAddr, mpsc::Sender<Letter>>>>,
}

/// Where datagrams arrive, and their sender's address.
pub struct LetterBox {
    own: SocketAddr,
    letters: tokio::sync::Mutex<mpsc::Receiver<Letter>>,
}

impl PipeNet {
    /// A network with one host.
    pub fn new(own: SocketAddr, pipe_bytes: usize) -> PipeNet {
        PipeNet { own, pipe_bytes, listeners: Arc::default(), letter_boxes: Arc::default() }
    }

    /// Another host of the same network.
    pub fn host(&self, own: SocketAddr) -> PipeNet {
        PipeNet { own, ..self.clone() }
    }
}

impl Net for PipeNet {
    type Stream = DuplexStream;
    type Listener = mpsc::Receiver<Waiting>;
    type Datagrams = LetterBox;

    async fn bind(&self, address: SocketAddr) -> io::Result<(Self::Listener, SocketAddr)> {
        let (sender, receiver) = mpsc::channel(BACKLOG);
        self.listeners.lock().unwrap().insert(address, sender);
        Ok((receiver, address))
    }

    async fn accept(&self, listener: &mut Self::Listener) -> io::Result<Waiting> {
        listener.recv().await.ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Refused where nobody listens; waits where nobody accepts.
    async fn connect(&self, to: SocketAddr) -> io::Result<DuplexStream> {
        let listener = self.listeners.lock().unwrap().get(&to).cloned();
        let listener = listener.ok_or(io::ErrorKind::ConnectionRefused)?;
        let place = listener.reserve().await.map_err(|_| io::ErrorKind::ConnectionRefused)?;
        let (ours, theirs) = duplex(self.pipe_bytes);
        place.send((theirs, self.own));
        Ok(ours)
    }

    async fn bind_datagrams(&self, address: SocketAddr) -> io::Result<(LetterBox, SocketAddr)> {
        let own = if address.ip().is_unspecified() { self.own } else { address };
        let (sender, receiver) = mpsc::channel(BACKLOG);
        self.letter_boxes.lock().unwrap().insert(own, sender);
        Ok((LetterBox { own, letters: tokio::sync::Mutex::new(receiver) }, own))
    }

    async fn receive(&self, place: &LetterBox, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        let (letter, from) = place.letters.lock().await.recv().await.ok_or(io::ErrorKind::NotConnected)?;
        let length = letter.len().min(buffer.len());
        buffer[..length].copy_from_slice(&letter[..length]);
        Ok((length, from))
    }

    async fn send(&self, place: &LetterBox, to: SocketAddr, datagram: &[u8]) -> io::Result<()> {
        let other = self.letter_boxes.lock().unwrap().get(&to).cloned();
        if let Some(other) = other {
            let _ = other.send((datagram.to_vec(), place.own)).await;
        }
        Ok(())
    }

    async fn resolve(&self, _host: &str, _port: u16) -> io::Result<Vec<SocketAddr>> {
        Err(io::ErrorKind::NotFound.into())
    }
}
