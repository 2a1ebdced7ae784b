//! What people type, scan and import: whatever is taken is printed so that it is taken again as the same.
#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use libfuzzer_sys::fuzz_target;
use motcua_domain::calendar::{Limit, Window};
use motcua_domain::dossier::DossierCode;
use motcua_domain::identity::{CardQr, CitizenNumber, Email, OldNumber, PersonName, Phone, TaxCode, fold};
use motcua_domain::procedure::ProcedureCode;
use motcua_domain::unit::UnitCode;
use motcua_domain::unit::area::AreaCode;

fn comes_back<T: FromStr + Display + PartialEq + Debug>(text: &str) {
    if let Ok(read) = text.parse::<T>() {
        let printed = read.to_string();
        assert_eq!(printed.parse::<T>().ok().as_ref(), Some(&read), "{text:?} was printed as {printed:?}");
    }
}

fuzz_target!(|text: &str| {
    comes_back::<CitizenNumber>(text);
    comes_back::<OldNumber>(text);
    comes_back::<CardQr>(text);
    comes_back::<TaxCode>(text);
    comes_back::<Phone>(text);
    comes_back::<Email>(text);
    comes_back::<PersonName>(text);
    comes_back::<DossierCode>(text);
    comes_back::<ProcedureCode>(text);
    comes_back::<UnitCode>(text);
    comes_back::<AreaCode>(text);
    comes_back::<Limit>(text);
    comes_back::<Window>(text);
    let folded = fold(text);
    assert_eq!(fold(&folded), folded, "folding is done once");
});
