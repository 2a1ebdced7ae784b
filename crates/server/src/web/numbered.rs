//! Numbered pages of a list that lies in memory. Lists that grow with dossiers page by key instead.

use std::ops::Range;

use crate::web::locale::Locale;

/// One page of such a list, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbered {
    number: usize,
    page_rows: usize,
    total: usize,
}

impl Numbered {
    /// The page an address asks for, or the nearest there is.
    pub fn asked(number: &str, page_rows: usize, total: usize) -> Self {
        let last = total.div_ceil(page_rows).max(1);
        Self { number: number.parse().unwrap_or(1).clamp(1, last), page_rows, total }
    }

    /// Places of its rows in the whole list, from 0.
    pub fn rows(self) -> Range<usize> {
        let start = (self.number - 1) * self.page_rows;
        start..self.total.min(start + self.page_rows)
    }

    /// «1–50 of 123», in a sentence with `from`, `to` and `all`.
    pub fn shown(self, locale: Locale, key: &str) -> String {
        let Range { start, end } = self.rows();
        let from = if start < end { start + 1 } else { 0 };
        locale.say(key).arg("from", from).arg("to", end).arg("all", self.total).to_string()
    }

    /// Where the page before is; empty on the first.
    pub fn previous(self, link: impl Fn(usize) -> String) -> String {
        if 1 < self.number { link(self.number - 1) } else { String::new() }
    }

    /// Where the next page is; empty on the last.
    pub fn next(self, link: impl Fn(usize) -> String) -> String {
        if self.rows().end < self.total { link(self.number + 1) } else { String::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_not_there_becomes_the_nearest() {
        let rows = |asked: &str, total| Numbered::asked(asked, 50, total).rows();
        assert_eq!((rows("", 120), rows("2", 120), rows("3", 120)), (0..50, 50..100, 100..120));
        assert_eq!((rows("99", 120), rows("0", 120), rows("-1", 120)), (100..120, 0..50, 0..50));
        assert_eq!((rows("1", 0), rows("7", 0), rows("2", 50)), (0..0, 0..0, 0..50));
    }

    #[test]
    fn neighbours_are_there_only_where_there_are_rows() {
        let link = |page: usize| format!("?trang={page}");
        let ends = |asked: &str| {
            let page = Numbered::asked(asked, 50, 120);
            (page.previous(link), page.next(link))
        };
        assert_eq!(ends("1"), (String::new(), "?trang=2".to_owned()));
        assert_eq!(ends("2"), ("?trang=1".to_owned(), "?trang=3".to_owned()));
        assert_eq!(ends("3"), ("?trang=2".to_owned(), String::new()));
    }
}
