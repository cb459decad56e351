//! The queries of this crate and what they need.

use std::sync::Arc;

use lensai_semantics::SourceFile;

use crate::index::Index;
use crate::sdk::Providers;

/// What the queries need from whoever holds them.
#[salsa::db]
pub trait Db: lensai_semantics::Db {
    /// What is looked for.
    fn knowledge(&self) -> Knowledge;
}

/// What is looked for, and where.
#[salsa::input(singleton)]
pub struct Knowledge {
    /// Descriptions of SDKs.
    #[returns(ref)]
    pub index: Arc<Index>,
    /// Names and hosts of providers.
    #[returns(ref)]
    pub providers: Arc<Providers>,
    /// Files that may set something for everyone (an ambient model), in order of path.
    #[returns(ref)]
    pub ambient_files: Arc<[SourceFile]>,
}
