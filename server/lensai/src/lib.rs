//! LensAI as a library: the engine, and the command line over it.

pub mod engine;
