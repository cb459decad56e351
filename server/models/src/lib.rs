//! Which model a name means, what it can take, and what it costs.
//!
//! ```
//! use lensai_models::{Catalogue, Usage, When};
//!
//! let catalogue = Catalogue::builtin()?;
//! let when = When::on("2026-11-21".parse()?);
//! let cost = catalogue.cost(Some("openai"), "text-embedding-3-small", &Usage::new(10, 0), &when)?;
//! assert_eq!(cost.total().to_string(), "0.0000002");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The public face:
//!
//! * [`Catalogue`]: [`builtin`](Catalogue::builtin), [`find`](Catalogue::find) and [`lookup`](Catalogue::lookup) (the same, with
//!   the reason when there is no answer), [`list`](Catalogue::list), [`near`](Catalogue::near), [`cost`](Catalogue::cost).
//! * [`Match`]: the model found, with its [`price`](Match::price), [`limits`](Match::limits), [`status`](Match::status),
//!   [`encoding`](Match::encoding), and which models are [`newer`](Match::newer) or [`cheaper`](Match::cheaper).
//! * [`Price`] holds the rates for one moment and [`Service`]; [`Price::cost`] makes a [`Usage`] a [`Cost`] in [`Money`].
//! * [`canonical_provider`] and [`provider_of_host`] say who is paid.
//! * [`schema`] is the catalogue as it is written, for converters.
//!
//! What is not known is an error value with its reason ([`NoPrice`]), never 0 and never another model's price. Money is
//! decimal and exact; only [`Money::rounded`] rounds. There is no IO, no clock and no global state here: days come from the caller.

mod catalogue;
mod date;
mod family;
mod lookup;
mod money;
mod near;
mod normal;
mod price;
mod provider;
mod rule;
pub mod schema;

pub use catalogue::{Catalogue, InvalidCatalogue, Limits, Match, Status};
pub use date::{Date, InvalidDate};
pub use money::Money;
pub use price::{Cost, NoPrice, Price, PriceTier, Usage, When};
pub use provider::{canonical_provider, provider_of_host};
pub use rule::Rule;
pub use schema::{Model, Provider, Rates, Service, Unit};
