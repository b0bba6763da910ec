//! What the world tells a host to do. It outlives a crash of the host's software; what was in it does not.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};

use tokio::sync::Notify;

use swarmlab_engine::session::StartWith;

use crate::world::event::Visit;

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Order {
    /// Start a client.
    Come {
        /// For this visit.
        visit: Visit,
        /// What it may believe of its disk.
        start: StartWith,
    },
    /// Stop the client in order.
    Leave,
}

/// The orders of one host.
#[derive(Debug, Default)]
pub struct Mailbox {
    orders: Mutex<VecDeque<Order>>,
    arrived: Notify,
}

impl Mailbox {
    /// An order.
    pub fn put(&self, order: Order) {
        self.orders().push_back(order);
        self.arrived.notify_one();
    }

    /// Whoever was to do them is gone.
    pub fn clear(&self) {
        self.orders().clear();
    }

    /// The next order. Nothing is lost if the future is dropped.
    pub async fn next(&self) -> Order {
        loop {
            if let Some(order) = self.orders().pop_front() {
                return order;
            }
            self.arrived.notified().await;
        }
    }

    fn orders(&self) -> MutexGuard<'_, VecDeque<Order>> {
        self.orders.lock().expect("nobody panics while holding it")
    }
}
