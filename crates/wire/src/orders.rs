//! Sales orders: a customer with its container, services, first administrator
//! and optionally users, in one call. [`NewOrder`] is also the shape of
//! `order.toml`.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    common::{ActivationLink, TenantRef, UserRef},
    requests::{Request, RequestState},
    tenants::{Customer, Standing},
    users::{NewUser, User},
};

/// An order. The `reference` makes it safe to send again: the same content
/// answers the first order with 200, other content under the same reference
/// is refused with 409.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// The seller's own number of the order, unique per seller, 1 to 64 characters.
    #[serde(default)]
    #[schema(required, max_length = 64, example = "SO-2026-00117")]
    pub reference: String,
    /// Who sells: code or id of the provider or a reseller. The caller's own
    /// tenant when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "direct")]
    pub seller: Option<String>,
    /// The customer's own number of the purchase, at most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64, example = "PO 4711")]
    pub purchase_order: Option<String>,
    /// First day of the contract on the customer's calendar, as `2026-03-01`.
    /// The day of the order when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Date, example = "2026-03-01")]
    pub start: Option<String>,
    /// Last day of the contract. Open-ended when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Date, example = "2029-02-28")]
    pub end: Option<String>,
    /// Days of notice before the end, 0 to 3,650.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 3650, example = 90)]
    pub notice_period_days: Option<u32>,
    /// Who buys.
    #[serde(default)]
    #[schema(required)]
    pub customer: NewCustomer,
    /// Plans the customer gets as a whole; their services can then be given to
    /// its people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<NewService>,
    /// The customer's first administrator, who gets an activation link.
    #[serde(default)]
    #[schema(required)]
    pub administrator: NewUser,
    /// More people, at most 5,000.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 5000)]
    pub users: Vec<NewUser>,
}

/// The customer of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomer {
    /// Immutable short name, unique in the instance: 2 to 12 lower-case
    /// letters, digits and inner hyphens, a letter first. Part of log-on names.
    #[serde(default)]
    #[schema(required, min_length = 2, max_length = 12, example = "acme")]
    pub code: String,
    /// Display name, 1 to 64 characters.
    #[serde(default)]
    #[schema(required, max_length = 64, example = "Acme GmbH")]
    pub name: String,
    /// The number under which the seller bills it, at most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64, example = "D-10042")]
    pub billing_id: Option<String>,
    /// `standard`, `test` or `demo`; `standard` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Standing>)]
    pub standing: Option<String>,
    /// Language, BCP 47; the seller's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "de")]
    pub language: Option<String>,
    /// IANA time zone; the seller's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Europe/Berlin")]
    pub time_zone: Option<String>,
    /// ISO 4217 code; the seller's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "EUR")]
    pub currency: Option<String>,
    /// Domain of its people's principal names, as `acme.example`.
    #[serde(default)]
    #[schema(required, max_length = 253, example = "acme.example")]
    pub upn_suffix: String,
    /// Code of the directory its people live in; the seller's shared one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// How log-on names are made from `{given}`, `{surname}` and their first
    /// letters `{g}`, `{s}`. `{given}.{surname}` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "{g}{surname}")]
    pub naming_pattern: Option<String>,
}

/// A plan of the customer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewService {
    /// Code of a plan whose scope is `customer`.
    #[serde(default)]
    #[schema(required, example = "erp")]
    pub plan: String,
    /// Code of the instance, where the customer is to have several; `main` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "production")]
    pub instance: Option<String>,
}

/// An order, with everything it made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Order {
    /// What lists show of it.
    #[serde(flatten)]
    pub summary: OrderSummary,
    /// The customer it created.
    pub customer: Customer,
    /// The customer's first administrator; none once removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrator: Option<User>,
    /// The administrator's activation link. Only in the answer that created
    /// the order; afterwards ask for a password reset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activation: Option<ActivationLink>,
    /// The request that provisions all of it.
    pub request: Request,
}

/// An order, in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderSummary {
    /// Id of the order.
    #[schema(example = "ord_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// The seller's number.
    #[schema(example = "SO-2026-00117")]
    pub reference: String,
    /// Who sold.
    pub seller: TenantRef,
    /// Who bought.
    pub buyer: TenantRef,
    /// The customer's number of the purchase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_order: Option<String>,
    /// First day of the contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub start: Option<String>,
    /// Last day of the contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub end: Option<String>,
    /// Days of notice before the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_period_days: Option<u32>,
    /// When it was ordered. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub ordered_at: String,
    /// Who ordered it. None when the caller may not see the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered_by: Option<UserRef>,
    /// Id of the request that provisions it.
    #[schema(example = "req_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub request_id: String,
    /// State of that request.
    pub state: RequestState,
}

/// Which orders to list, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrderQuery {
    /// Only orders of this seller (id or code).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller: Option<String>,
    /// Only orders for this customer (id or code).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// Only the order with this reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Entries a page, 1 to 200. 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use utoipa::PartialSchema as _;

    #[test]
    fn the_schema_says_what_is_needed_and_describes_every_field() {
        let schema = serde_json::to_value(NewOrder::schema()).expect("JSON");
        assert_eq!(schema["required"], serde_json::json!(["reference", "customer", "administrator"]));
        assert_eq!(schema["additionalProperties"], false);
        let fields = schema["properties"].as_object().expect("fields");
        assert!(fields.len() >= 10);
        for (name, field) in fields {
            assert!(field["description"].is_string(), "{name} has no description: {field}");
        }
    }

    #[test]
    fn the_smallest_order_parses_and_an_empty_one_too_so_that_all_that_is_missing_can_be_named() {
        let order: NewOrder = serde_json::from_str("{}").expect("parses");
        assert_eq!((order.reference.as_str(), order.customer.code.as_str()), ("", ""));
        assert!(serde_json::from_str::<NewOrder>(r#"{"refrence": "1"}"#).is_err());
    }
}
