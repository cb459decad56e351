//! What a workspace says about itself: `lensai.toml`, and comments in its code ([`Directive`]).
//!
//! [`Workspace::parse`] turns the text of a file into typed settings, or into an [`Error`] with its place and, where
//! there is one, a suggestion. Finding and reading the file ([`FILE_NAME`]) is the caller's part.
//!
//! A workspace file comes with the code that is looked at, so it is not trusted: there is no field here for an endpoint, a
//! credential, a proxy or a program, and so none can be set. A file that tries is an [`ErrorKind::ForbiddenKey`].

mod date;
mod directive;
mod error;
mod money;
mod parse;
mod traffic;
mod workspace;

pub use date::Date;
pub use directive::{Annotation, Directive, DirectiveError, Ignore};
pub use error::{Error, ErrorKind};
pub use money::Usd;
pub use parse::json_schema;
pub use traffic::{Period, Rate};
pub use workspace::{
    Assumptions, Budget, Level, MatchedBudget, Override, Policy, Project, PromptSettings, RelativeFolder, Workspace,
};

/// The name of a workspace's file.
pub const FILE_NAME: &str = "lensai.toml";
