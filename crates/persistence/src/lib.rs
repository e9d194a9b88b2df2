//! The persistence formats, as bytes in memory: no file is opened here.

pub mod payload;
pub mod rdb;
