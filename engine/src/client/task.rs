//! A task that ends with its owner.

use tokio::task::JoinHandle;

/// A spawned task; aborted when this is dropped.
pub(crate) struct Task<T = ()>(JoinHandle<T>);

impl<T: Send + 'static> Task<T> {
    pub(crate) fn spawn(work: impl Future<Output = T> + Send + 'static) -> Task<T> {
        Task(tokio::spawn(work))
    }

    /// Waits for its end; `None` if it panicked. Dropping the future keeps the task running.
    pub(crate) async fn ended(&mut self) -> Option<T> {
        (&mut self.0).await.ok()
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
