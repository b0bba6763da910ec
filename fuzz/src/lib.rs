//! What several fuzz targets share.

pub mod paths;
pub mod reader;
pub mod session;
