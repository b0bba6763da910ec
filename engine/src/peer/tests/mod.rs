//! One wire's books against naive ones.

mod allowed_fast;
mod peer_connection;
mod request_pipeline;
mod serve_queue;
mod transfer_meter;
