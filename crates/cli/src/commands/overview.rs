//! Lists that are only looked at: plans.

use wire::{
    catalogue::Plan,
    common::{Money, PageQuery},
};

use super::EVERYTHING;
use crate::{
    client::Client,
    failure::Failure,
    output::{Columns, Out},
};

/// Plans that can be ordered.
pub async fn plans(client: &Client, out: &Out) -> Result<(), Failure> {
    let page = client.list(&["plans"], &PageQuery::default(), &EVERYTHING).await?;
    let columns = Columns::<Plan> {
        titles: &["code", "name", "service", "for", "price a month", "version"],
        row: |p| {
            let price = p.price.as_ref().map_or_else(|| "-".to_owned(), money);
            let (scope, version) = (p.scope.to_string(), p.version.to_string());
            vec![p.code.clone(), p.name.clone(), p.service.clone(), scope, price, version]
        },
    };
    out.list(&page, &columns)
}

/// `49.00 EUR`; currencies without cents (ISO 4217) as they are.
pub fn money(money: &Money) -> String {
    let digits = match money.currency.as_str() {
        "JPY" | "KRW" | "ISK" | "CLP" | "VND" | "XAF" | "XOF" | "XPF" | "UGX" | "PYG" | "RWF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    };
    if digits == 0 {
        return format!("{} {}", money.minor, money.currency);
    }
    let unit = 10_u64.pow(digits);
    let (sign, minor) = (if money.minor < 0 { "-" } else { "" }, money.minor.unsigned_abs());
    format!("{sign}{}.{:0width$} {}", minor / unit, minor % unit, money.currency, width = digits as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_has_the_decimals_of_its_currency() {
        let shown = |minor, currency: &str| money(&Money { minor, currency: currency.to_owned() });
        assert_eq!(shown(4900, "EUR"), "49.00 EUR");
        assert_eq!(shown(5, "DKK"), "0.05 DKK");
        assert_eq!(shown(-150, "EUR"), "-1.50 EUR");
        assert_eq!(shown(900, "JPY"), "900 JPY");
        assert_eq!(shown(1234, "KWD"), "1.234 KWD");
    }
}
