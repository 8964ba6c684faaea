//! Pages of lists, and of lists so short that they are cut here.

use app::AppError;
use domain::list::{self, Column, Order};
pub use web::paging::Paging;
use wire::common::Page;

/// The order of a list that was asked for, or the usual one.
pub fn order<C: Column>(given: Option<&str>, usual: Order<C>) -> Result<Order<C>, AppError> {
    given.map_or(Ok(usual), |text| Order::parse(text).map_err(AppError::field))
}

/// A value of a closed list, if one was given.
pub fn one_of<T: Copy>(
    field: &str,
    given: Option<&str>,
    all: &[T],
    code: impl Fn(T) -> &'static str,
) -> Result<Option<T>, AppError> {
    given.map(|text| list::one_of(field, text, all, code).map_err(AppError::field)).transpose()
}

/// A page of a list so short that it is cut here.
pub fn cut<T>(list: &str, paging: &Paging, items: Vec<T>, id: impl Fn(&T) -> String) -> Page<T> {
    let after = paging.last();
    let rest =
        items.into_iter().skip_while(|item| after.is_some_and(|last| id(item).as_str() <= last)).collect();
    let (items, next) = paging.page(list, rest, |item| (String::new(), id(item)));
    Page { items, next }
}
