//! Ctrl-C, and the polite request of a service manager.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::exit::Exit;
use crate::failure::Failure;

/// The requests to end.
pub struct Interrupts {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Interrupts {
    /// From now on a request does no longer end the process by itself.
    pub fn take_over() -> io::Result<Interrupts> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Interrupts {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next one. Nothing is lost if the future is dropped.
    pub async fn next(&mut self) {
        tokio::select! {
            biased;
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
impl Interrupts {
    /// From now on a request does no longer end the process by itself.
    pub fn take_over() -> io::Result<Interrupts> {
        Ok(Interrupts {})
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}

/// The requests to read files again, which a service manager makes by SIGHUP. There are none where there is no such signal.
pub struct Reloads {
    #[cfg(unix)]
    hang_up: tokio::signal::unix::Signal,
}

impl Reloads {
    /// From now on a request does no longer end the process.
    pub fn take_over() -> io::Result<Reloads> {
        Ok(Reloads {
            #[cfg(unix)]
            hang_up: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?,
        })
    }

    /// Waits for the next one. Nothing is lost if the future is dropped.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        if self.hang_up.recv().await.is_some() {
            return;
        }
        std::future::pending().await
    }
}

/// From now on the first request sets the flag, and the second ends the process.
pub fn flag() -> Result<Arc<AtomicBool>, Failure> {
    let failed = |error| Failure::new(format_args!("cannot watch for Ctrl-C: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().map_err(failed)?;
    let mut interrupts = runtime.block_on(async { Interrupts::take_over() }).map_err(failed)?;
    let flag = Arc::new(AtomicBool::new(false));
    let raised = flag.clone();
    thread::spawn(move || {
        runtime.block_on(interrupts.next());
        raised.store(true, Ordering::Relaxed);
        runtime.block_on(interrupts.next());
        process::exit(Exit::Interrupted as i32);
    });
    Ok(flag)
}
