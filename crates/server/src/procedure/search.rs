//! Search over the catalogue, in memory: without accents, by whole or begun words, the plainest name first.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use motcua_domain::identity::{fold, letters};
use motcua_domain::procedure::{ProcedureCode, ProcedureLevel};

use crate::procedure::store::Listed;

/// The longest query that is read, in characters.
pub const QUERY_CHARS_MAX: usize = 200;
/// The most words of a query that are read.
const QUERY_WORDS_MAX: usize = 16;

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What was typed.
    pub text: String,
    /// Only this field, by its name.
    pub field: Option<String>,
    /// Only this level.
    pub level: Option<ProcedureLevel>,
    /// Only what can be done online: `full`, `partial` or `none`.
    pub online: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    /// The page asked for, best first.
    pub entries: Vec<&'a Listed>,
    /// How many there are on all pages.
    pub total: usize,
}

/// A field and how many procedures it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldCount {
    /// Name.
    pub name: String,
    /// How many.
    pub count: usize,
}

/// A procedure, prepared for being searched.
#[derive(Debug)]
struct Entry {
    listed: Listed,
    /// Words of the name, folded, each with a space before it and after it: a word is found as ` word `, a word
    /// that was only begun as ` wor`.
    name: String,
    /// The name in lower case with its accents, in the same form.
    accented: String,
    /// Fields, keywords and agency, in the same form.
    around: String,
    /// The same with their accents.
    accented_around: String,
    words: usize,
}

/// The catalogue, prepared for being searched.
#[derive(Debug, Default)]
pub struct Index {
    /// In the order of names.
    entries: Vec<Entry>,
    by_code: HashMap<ProcedureCode, usize>,
    vocabulary: BTreeSet<String>,
    fields: Vec<FieldCount>,
}

/// `text` as words with a space around each.
fn spaced<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut spaced = String::from(" ");
    for word in words {
        spaced.push_str(word);
        spaced.push(' ');
    }
    spaced
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Nearly every name begins with `Thủ tục`, which says nothing.
fn without_procedure(spaced: String) -> String {
    match spaced.strip_prefix(" thu tuc ").or_else(|| spaced.strip_prefix(" thủ tục ")) {
        Some(rest) if !rest.is_empty() => format!(" {rest}"),
        Some(_) | None => spaced,
    }
}

impl Entry {
    fn new(listed: Listed) -> Self {
        let lower = letters::compose(&listed.name).to_lowercase();
        let name = without_procedure(spaced(words(&fold(&listed.name))));
        let fields = listed.fields.iter().map(|field| field.name.as_str());
        let keywords = listed.keywords.iter().map(String::as_str);
        let texts: Vec<&str> = fields.chain(keywords).chain([listed.agency.as_str()]).collect();
        let texts = letters::compose(&texts.join(" ")).to_lowercase();
        let around = spaced(words(&fold(&texts)));
        let accented_around = spaced(words(&texts));
        let accented = without_procedure(spaced(words(&lower)));
        let words = name.split(' ').filter(|word| !word.is_empty()).count();
        Self { listed, name, accented, around, accented_around, words }
    }
}

/// A query, prepared.
struct Wanted {
    words: Vec<String>,
    phrase: String,
    accented: Option<String>,
    code: String,
}

impl Wanted {
    fn new(text: &str) -> Self {
        let text: String = text.chars().take(QUERY_CHARS_MAX).collect();
        let phrase = without_procedure(spaced(words(&fold(&text)).take(QUERY_WORDS_MAX)));
        let lower = letters::compose(&text).to_lowercase();
        let accented = without_procedure(spaced(words(&lower).take(QUERY_WORDS_MAX)));
        let words = phrase.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        let accented = (accented != phrase).then_some(accented);
        Self { words, accented, phrase, code: text.trim().to_owned() }
    }
}

/// How well an entry answers; `None` when it does not.
fn score(entry: &Entry, wanted: &Wanted) -> Option<u32> {
    let code = entry.listed.code.as_str();
    if code.starts_with(&wanted.code) {
        return Some(if code == wanted.code { 1_000_000 } else { 500_000 });
    }
    let (mut in_name, mut around, mut whole) = (0, 0, 0);
    let mut begun = String::with_capacity(24);
    for word in &wanted.words {
        begun.clear();
        begun.push(' ');
        begun.push_str(word);
        if entry.name.contains(&begun) {
            in_name += 1;
            begun.push(' ');
            whole += u32::from(entry.name.contains(&begun));
        } else if entry.around.contains(&begun) {
            around += 1;
        }
    }
    let all = wanted.words.len();
    let base = match in_name + around {
        _ if in_name == all => 10_000,
        found if found == all => 4_000,
        // Of a long query of five words and more, some may be missing: people add words that the law does not use.
        found if 5 <= all && all * 2 <= found * 3 && 0 < in_name => 1_000,
        _ => return None,
    };
    let phrase = wanted.phrase.trim_end();
    let place = if entry.name == wanted.phrase {
        4_000
    } else if entry.name.starts_with(phrase) {
        2_000
    } else if entry.name.contains(phrase) {
        1_500
    } else if in_order(&entry.name, &wanted.words) {
        500
    } else {
        0
    };
    let accents = wanted.accented.as_ref().map_or(0, |accented| agreement(entry, accented));
    let length = u32::try_from(entry.words.min(60)).unwrap_or(60) * 10;
    let richness = if entry.listed.is_outline { 0 } else { 30 };
    let near = if entry.listed.levels.contains(&ProcedureLevel::Commune) { 20 } else { 0 };
    let at_name = u32::try_from(in_name).unwrap_or(0) * 100;
    Some(base + place + whole * 40 + at_name + accents + richness + near + 600 - length)
}

/// How well the accents agree, when accents were typed: `khai tử` is not `khai tu bổ`.
fn agreement(entry: &Entry, accented: &str) -> u32 {
    let mut agreed = if entry.accented.contains(accented.trim_end()) { 800 } else { 0 };
    let mut begun = String::with_capacity(24);
    for word in accented.split(' ').filter(|word| !word.is_empty() && !word.is_ascii()) {
        begun.clear();
        begun.push(' ');
        begun.push_str(word);
        if entry.accented.contains(&begun) || entry.accented_around.contains(&begun) {
            agreed += 200;
        }
    }
    agreed
}

/// Whether the words, or what was begun of them, follow each other in `name`.
fn in_order(name: &str, words: &[String]) -> bool {
    let mut rest = name;
    for word in words {
        let starts = |at: &usize| rest[..*at].ends_with(' ');
        let Some(at) = rest.match_indices(word.as_str()).map(|(at, _)| at).find(starts) else { return false };
        rest = &rest[at + word.len()..];
    }
    true
}

impl Index {
    /// Prepares what is in force and open to the public.
    pub fn new(listed: Vec<Listed>) -> Self {
        let is_public = |listed: &Listed| listed.is_in_force && !listed.is_internal;
        let mut entries: Vec<(String, Entry)> = listed
            .into_iter()
            .filter(is_public)
            .map(|listed| (letters::sort_key(&listed.name), Entry::new(listed)))
            .collect();
        entries.sort_by(|(a, first), (b, second)| {
            a.cmp(b).then_with(|| first.listed.code.cmp(&second.listed.code))
        });
        let entries: Vec<Entry> = entries.into_iter().map(|(_, entry)| entry).collect();
        let by_code = entries.iter().enumerate().map(|(at, entry)| (entry.listed.code.clone(), at)).collect();
        let mut vocabulary = BTreeSet::new();
        let mut fields: BTreeMap<String, FieldCount> = BTreeMap::new();
        for entry in &entries {
            vocabulary.extend(words(&entry.name).map(str::to_owned));
            for field in &entry.listed.fields {
                let count = fields
                    .entry(letters::sort_key(&field.name))
                    .or_insert_with(|| FieldCount { name: field.name.clone(), count: 0 });
                count.count += 1;
            }
        }
        Self { entries, by_code, vocabulary, fields: fields.into_values().collect() }
    }

    /// How many procedures there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The procedure with this code.
    pub fn get(&self, code: &ProcedureCode) -> Option<&Listed> {
        self.by_code.get(code).map(|at| &self.entries[*at].listed)
    }

    /// Every field, in alphabetical order.
    pub fn fields(&self) -> &[FieldCount] {
        &self.fields
    }

    /// Procedures for the home page: those that are described in full and can be done online, whole before part.
    pub fn featured(&self, limit: usize) -> Vec<&Listed> {
        let of = |online: &'static str| {
            self.entries
                .iter()
                .map(|entry| &entry.listed)
                .filter(move |listed| !listed.is_outline && listed.online == online)
        };
        of("full").chain(of("partial")).take(limit).collect()
    }

    /// How many procedures a level has.
    pub fn count_of_level(&self, level: ProcedureLevel) -> usize {
        self.entries.iter().filter(|entry| entry.listed.levels.contains(&level)).count()
    }

    /// Answers a query: `limit` entries from the `offset`th. Without words everything that passes the filters,
    /// by name.
    pub fn search(&self, query: &Query, offset: usize, limit: usize) -> Found<'_> {
        let passes = |listed: &Listed| {
            query.field.as_ref().is_none_or(|name| listed.fields.iter().any(|field| field.name == *name))
                && query.level.is_none_or(|level| listed.levels.contains(&level))
                && query.online.as_ref().is_none_or(|online| listed.online == *online)
        };
        let wanted = Wanted::new(&query.text);
        let passing = self.entries.iter().filter(|entry| passes(&entry.listed));
        if wanted.words.is_empty() {
            let all: Vec<&Listed> = passing.map(|entry| &entry.listed).collect();
            return Found { total: all.len(), entries: all.into_iter().skip(offset).take(limit).collect() };
        }
        // Entries are in the order of names, which a stable sort keeps among equals.
        let mut scored: Vec<(u32, &Listed)> =
            passing.filter_map(|entry| Some((score(entry, &wanted)?, &entry.listed))).collect();
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        let total = scored.len();
        let entries = scored.into_iter().skip(offset).take(limit).map(|(_, listed)| listed).collect();
        Found { entries, total }
    }

    /// The query with each word that occurs nowhere replaced by the nearest one that does, when that finds something.
    pub fn suggest(&self, query: &Query) -> Option<String> {
        let wanted = Wanted::new(&query.text);
        let mended: Vec<&str> =
            wanted.words.iter().map(|word| self.nearest(word).unwrap_or(word.as_str())).collect();
        if mended.iter().zip(&wanted.words).all(|(new, old)| new == old) {
            return None;
        }
        let text = mended.join(" ");
        let found = self.search(&Query { text: text.clone(), ..query.clone() }, 0, 1);
        (0 < found.total).then_some(text)
    }

    fn nearest(&self, word: &str) -> Option<&str> {
        let begins =
            self.vocabulary.range(word.to_owned()..).next().is_some_and(|known| known.starts_with(word));
        if begins || word.len() < 2 {
            return None;
        }
        let allowed = if word.len() < 5 { 1 } else { 2 };
        let near = self.vocabulary.iter().filter(|known| known.len().abs_diff(word.len()) <= allowed);
        let measured = near.map(|known| (distance(word.as_bytes(), known.as_bytes()), known));
        measured.filter(|(by, _)| *by <= allowed).min_by_key(|(by, _)| *by).map(|(_, known)| known.as_str())
    }
}

/// How many letters must be put in, taken out, changed or swapped with their neighbour.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut two_before: Vec<usize> = Vec::new();
    let mut before: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = before[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = change.min(before[j] + 1).min(row[j - 1] + 1);
            if 1 < i && 1 < j && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(two_before[j - 2] + 1);
            }
            row.push(best);
        }
        two_before = std::mem::replace(&mut before, row);
    }
    before[b.len()]
}

#[cfg(test)]
mod tests;
