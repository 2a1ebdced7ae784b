//! What a filing costs and into whose account it is paid. Unknown is not zero, and zero is not "no fee".

use jiff::civil::Date;
use motcua_domain::dossier::{FeeDue, PaymentDue};
use motcua_domain::procedure::{ChannelTerms, Fee, ProcedureVersion};
use motcua_domain::unit::{PayeeAccount, Unit};

use crate::portal::work::Work;
use crate::web::locale::Locale;
use crate::web::wording;

/// One fee in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeLine {
    /// What is paid for.
    pub name: String,
    /// How much, or that it is not known.
    pub amount: String,
    /// When it is collected.
    pub when: String,
    /// Who is exempt, which text sets it.
    pub note: String,
}

/// An account that fees are paid into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Name of the account.
    pub holder: String,
    /// Number of the account.
    pub number: String,
    /// BIN of the bank.
    pub bank: String,
}

impl From<&PayeeAccount> for Account {
    fn from(payee: &PayeeAccount) -> Self {
        Self { holder: payee.holder.clone(), number: payee.account.clone(), bank: payee.bank_bin.clone() }
    }
}

/// Where a payment that was asked for goes: the account for the fee of that name, else one for everything.
pub fn account_of(
    asked: &PaymentDue,
    version: Option<&ProcedureVersion>,
    unit: &Unit,
    today: Date,
) -> Option<Account> {
    let mut fees = version.into_iter().flat_map(|version| &version.channels).flat_map(|terms| &terms.fees);
    let fee = fees.find(|fee| fee.name == asked.name);
    let payee = match fee {
        Some(fee) => unit.payee_for(fee.kind, &fee.code, today),
        None => unit.payee_for_anything(today),
    };
    payee.map(Account::from)
}

/// Every fee that may be due, each once.
pub fn lines(work: &Work, locale: Locale) -> Vec<FeeLine> {
    fees(work).into_iter().map(|fee| line(fee, locale)).collect()
}

/// Whether every fee is known to be nothing.
pub fn is_free(work: &Work) -> bool {
    fees(work).into_iter().all(|fee| fee.amount == Some(0))
}

/// One fee in words.
pub fn line(fee: &Fee, locale: Locale) -> FeeLine {
    let kind = locale.t(&format!("portal.fee_{}", fee.kind.name()));
    let amount = match (fee.amount, fee.unit.as_str()) {
        (None, _) => locale.t("portal.fee_unknown").to_owned(),
        (Some(amount), "") => wording::money(locale, amount),
        (Some(amount), unit) => {
            let amount = wording::money(locale, amount);
            locale.say("portal.fee_each").arg("amount", amount).arg("unit", unit).to_string()
        }
    };
    FeeLine {
        name: if fee.name.is_empty() { kind.to_owned() } else { fee.name.clone() },
        amount,
        when: match fee.amount {
            Some(0) => String::new(),
            Some(_) | None => locale.t(&format!("portal.collected_{}", fee.collected_at.name())).to_owned(),
        },
        note: fee.note.clone(),
    }
}

/// The accounts of the competent unit for these fees, each once.
pub fn accounts(work: &Work) -> Vec<Account> {
    let Some(unit) = work.competent_unit().and_then(|code| work.units().on(&code, work.today)) else {
        return Vec::new();
    };
    let mut accounts: Vec<Account> = Vec::new();
    for fee in fees(work) {
        let Some(payee) = unit.payee_for(fee.kind, &fee.code, work.today) else { continue };
        let account = Account::from(payee);
        if !accounts.contains(&account) {
            accounts.push(account);
        }
    }
    accounts
}

/// The fees as the dossier keeps them. Where the conditions of several terms decide, or the amount is for each
/// copy or page, the total is not known until an officer has seen the papers.
pub fn due(work: &Work) -> Vec<FeeDue> {
    let several = 1 < work.plan().terms().len();
    fees(work)
        .into_iter()
        .map(|fee| FeeDue {
            name: if fee.name.is_empty() { fee.kind.name().to_owned() } else { fee.name.clone() },
            amount: fee.amount.filter(|amount| *amount == 0 || (!several && fee.unit.is_empty())),
            paid: false,
        })
        .collect()
}

/// The cost in one line, for the page before anything is begun.
pub fn in_short(terms: &[&ChannelTerms], locale: Locale) -> String {
    let fees = once(terms);
    let lines: Vec<String> = fees.into_iter().map(|fee| line(fee, locale)).map(|line| line.amount).collect();
    match lines.as_slice() {
        [] => locale.t("portal.no_fees_short").to_owned(),
        several => several.join("; "),
    }
}

fn fees(work: &Work) -> Vec<&Fee> {
    once(&work.plan().terms())
}

fn once<'a>(terms: &[&'a ChannelTerms]) -> Vec<&'a Fee> {
    let mut fees: Vec<&Fee> = Vec::new();
    for terms in terms {
        for fee in &terms.fees {
            if !fees.contains(&fee) {
                fees.push(fee);
            }
        }
    }
    fees
}
