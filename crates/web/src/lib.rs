//! What the portal and REST share: the application with its public address,
//! who is calling and in which language, limits, and the words in which errors are
//! explained.
//!
//! Nothing here decides what a person may do (that is `app`), and nothing knows
//! the shape of an answer (that is `api` and `portal`).
//!
//! Start at [`Surface`], then [`layers::protect`].

pub mod caller;
pub mod export;
pub mod layers;
pub mod limiter;
pub mod paging;
pub mod proxy;
pub mod speech;
pub mod streams;
pub mod surface;
pub mod texts;

pub use surface::{Links, Surface};
