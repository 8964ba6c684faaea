//! The store on a real PostgreSQL, as the roles of the product. Start at
//! [`world`]: a provider, resellers, a sub-reseller and their customers, made
//! through the store as an order makes them.

mod audit;
mod callers;
mod catalogue;
mod desired;
mod figures;
mod forgetting;
mod isolation;
mod life;
mod lists;
mod names;
mod permits;
mod plans;
mod quotas;
mod replay;
mod saved_views;
mod seal;
mod survey_plans;
mod tree;
mod upgrade;
mod world;
