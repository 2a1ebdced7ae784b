//! Everything through the router, one module per domain word, one binary.

mod frame;
mod given;
