//! The tokio driver: carries out what a [`Session`](crate::session::Session) asks for, on real or simulated sockets.
//!
//! One task owns the session and is the only one that calls it. Around it stand tasks that each know one thing: dial an
//! address, accept connections, read a stream, write a stream, send datagrams, receive them, look up a name. The disk has a thread of its own, and as many that hash as there are processors. All of them talk to the
//! owner through bounded queues, and nothing is shared. No protocol decision lives here.
//!
//! | the session says | the driver does |
//! |---|---|
//! | [`Output::Connect`] | a task resolves and dials within [`DIAL_TIMEOUT`]; `Connected` or `Closed` is the answer |
//! | [`Output::Ready`] | pulls [`poll_transmit`] while fewer than [`WRITE_CREDIT_BYTES`] wait for the socket, and again each time the socket took some |
//! | [`Output::Close`] | stops reading at once; what was pulled before has [`CLOSE_LINGER`] to be written |
//! | [`Output::Datagram`] | hands it to a task that sends; when [`DATAGRAMS_MAX`] wait there, it is lost |
//! | [`Output::Resolve`] | a task asks the system, within [`DIAL_TIMEOUT`] |
//! | [`Output::OpenStorage`] | has the [`Disk`] open the [`Place`] that was given with the torrent, before its first job |
//! | [`Output::Disk`] | hands the job to the [`Disk`]; while [`DISK_JOBS_MAX`] are there, nothing more is taken from the network; what is read to be verified is hashed by other threads, [`HASHING_BYTES_MAX`] of it at a time |
//! | [`Output::Event`] | gives it to every [`Events`]; who is slow misses some and is told how many, and slows nobody |
//! | `poll_timeout` | sleeps until then at most |
//!
//! Back-pressure goes all the way: a slow disk stops the owner from taking network events, their full queue stops the
//! readers, and the kernel's window closes. In the other direction the kernel is kept from hoarding (`TCP_NOTSENT_LOWAT`
//! in [`net::TokioNet`]), so that what to upload is decided late and a choke takes effect at once.
//!
//! Every world with tokio's clock can run this: there are no threads but the disk's (and none with [`Disk::inline`]), no
//! clock but tokio's, every `select!` is biased, and nothing iterates in random order. In each `select!` only queues and
//! timers are waited for, which lose nothing when dropped; everything else is awaited in a task of its own.
//!
//! Whoever wants to know what the session is given and does is a [`Witness`]; it changes nothing.
//!
//! [`Output::Connect`]: crate::session::Output::Connect
//! [`Output::Ready`]: crate::session::Output::Ready
//! [`Output::Close`]: crate::session::Output::Close
//! [`Output::Datagram`]: crate::session::Output::Datagram
//! [`Output::Resolve`]: crate::session::Output::Resolve
//! [`Output::OpenStorage`]: crate::session::Output::OpenStorage
//! [`Output::Disk`]: crate::session::Output::Disk
//! [`Output::Event`]: crate::session::Output::Event
//! [`poll_transmit`]: crate::session::Session::poll_transmit

pub(crate) mod bound;
mod dial;
mod disk;
mod driver;
mod fetch;
mod handle;
mod hashers;
mod links;
pub mod net;
mod post;
mod reader;
pub(crate) mod task;
mod witness;
mod writer;

pub use dial::DIAL_TIMEOUT;
pub use disk::{BoxedStorage, DISK_JOBS_MAX, Disk, OpenStorage, Place};
pub use fetch::{FETCH_TIMEOUT, FetchError, fetch};
pub use handle::{AddError, Client, EVENTS_MAX, Ended, Events, Notice};
pub use hashers::HASHING_BYTES_MAX;
pub use links::{CLOSE_LINGER, LINGERING_MAX};
pub use net::Net;
pub use post::DATAGRAMS_MAX;
pub use reader::READ_BUFFER_BYTES;
pub use witness::{Act, Witness};
pub use writer::WRITE_CREDIT_BYTES;

use std::net::SocketAddr;

use bytes::Bytes;

use crate::session::{ConnectionId, LookupId};

/// Network events that wait for the session's owner at most. With [`READ_BUFFER_BYTES`] it bounds what has been read
/// but not looked at.
const NETWORK_EVENTS_MAX: usize = 64;

/// What the tasks around the session's owner have to tell.
enum NetworkEvent<Stream> {
    /// Somebody dialled us.
    Accepted { stream: Stream, remote: SocketAddr },
    /// A dial succeeded.
    Reached { connection: ConnectionId, stream: Stream },
    /// Bytes arrived.
    Received { connection: ConnectionId, data: Bytes },
    /// The socket took so many bytes.
    Written { connection: ConnectionId, bytes: usize },
    /// The stream has ended, or a dial failed.
    Ended { connection: ConnectionId },
    /// A datagram arrived.
    Datagram { from: SocketAddr, data: Bytes },
    /// What a name stands for, or nothing.
    Resolved { lookup: LookupId, addresses: Vec<SocketAddr> },
}
