//! Pages of lists, and of lists so short that they are cut here.

pub use web::paging::Paging;
use wire::common::Page;

/// A page of a list so short that it is cut here.
pub fn cut<T>(list: &str, paging: &Paging, items: Vec<T>, id: impl Fn(&T) -> String) -> Page<T> {
    let after = paging.last();
    let rest =
        items.into_iter().skip_while(|item| after.is_some_and(|last| id(item).as_str() <= last)).collect();
    let (items, next) = paging.page(list, rest, |item| (String::new(), id(item)));
    Page { items, next }
}
