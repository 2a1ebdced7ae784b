//! Papers bound into one file for the printer, each drawn by the very bytes it was kept with.
//!
//! The file is written as it goes, so that one paper at a time is in memory however many there are. It is for printing:
//! what makes a kept paper archival and accessible (its structure, links and metadata) stays with the kept paper.

use std::collections::HashMap;
use std::io::{self, Write};

use lopdf::{Dictionary, Document, Object, ObjectId, Writer, dictionary, text_string};

/// The first object of every bound file, which leads to the others.
const CATALOG: u32 = 1;
const PAGES: u32 = 2;
const OUTLINES: u32 = 3;
/// What a page takes along of its own.
const OWN: [&[u8]; 3] = [b"Contents", b"Group", b"UserUnit"];
/// What a page takes along, also from the tree above it.
const INHERITED: [&[u8]; 4] = [b"MediaBox", b"CropBox", b"Resources", b"Rotate"];
/// A tree of pages is never deeper.
const DEPTH_MAX: usize = 32;

/// On which sides of a sheet is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sides {
    /// One: every page begins a sheet by itself.
    One,
    /// Both: an empty page fills up the last sheet of a paper, so that the next one begins on a sheet of its own.
    Both,
}

/// Why a paper is not in the file.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// It cannot be read. Nothing of it was written.
    #[error("the paper cannot be read")]
    Paper(#[from] lopdf::Error),
    /// The file cannot be written.
    #[error("the bound file cannot be written")]
    Write(#[from] io::Error),
}

/// A file of many papers that is being written.
pub struct Bound<W> {
    out: Counted<W>,
    /// Where each object begins; object 1 comes first.
    places: Vec<u64>,
    pages: Vec<u32>,
    /// Name and first page of each paper.
    papers: Vec<(String, u32)>,
    sides: Sides,
    /// The size of the last page.
    size: Object,
}

impl<W: Write> Bound<W> {
    /// Begins an empty file.
    pub fn begin(out: W, sides: Sides) -> io::Result<Self> {
        let mut out = Counted { out, written: 0 };
        // Bytes beyond ASCII in the second line tell programs that carry files that this is no text.
        out.write_all(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")?;
        let places = vec![0; OUTLINES as usize];
        Ok(Self { out, places, pages: Vec::new(), papers: Vec::new(), sides, size: Object::Null })
    }

    /// Adds a paper, under the name by which it is found among the others.
    pub fn add(&mut self, name: &str, pdf: &[u8]) -> Result<(), BindError> {
        let paper = Document::load_mem(pdf)?;
        let pages = paper.page_iter().map(|id| taken(&paper, id)).collect::<Result<Vec<_>, _>>()?;
        let first = pages.first().ok_or(lopdf::Error::PageNumberNotFound(1))?;
        let size = paper.dereference(first.get(b"MediaBox")?)?.1.clone();
        if self.sides == Sides::Both && self.pages.len() % 2 == 1 {
            self.add_blank()?;
        }
        let mut moved: HashMap<ObjectId, u32> = HashMap::new();
        let mut waiting: Vec<(ObjectId, u32)> = Vec::new();
        for (index, page) in pages.into_iter().enumerate() {
            let number = self.next_number();
            if index == 0 {
                self.papers.push((name.to_owned(), number));
            }
            let mut page = Object::Dictionary(page);
            self.renumber(&mut page, &mut moved, &mut waiting);
            if let Object::Dictionary(page) = &mut page {
                page.set("Parent", reference(PAGES));
            }
            self.write(number, &page)?;
            self.pages.push(number);
        }
        while let Some((old, number)) = waiting.pop() {
            let mut object = paper.objects.get(&old).cloned().unwrap_or(Object::Null);
            self.renumber(&mut object, &mut moved, &mut waiting);
            self.write(number, &object)?;
        }
        self.size = size;
        Ok(())
    }

    /// Ends the file and answers it with how many pages it has.
    pub fn end(mut self) -> io::Result<(W, usize)> {
        self.write_outlines()?;
        let kids: Vec<Object> = self.pages.iter().map(|page| reference(*page)).collect();
        let pages = dictionary! { "Type" => "Pages", "Count" => count(kids.len()), "Kids" => kids };
        self.write(PAGES, &pages.into())?;
        let duplex = match self.sides {
            Sides::One => "Simplex",
            Sides::Both => "DuplexFlipLongEdge",
        };
        let catalog = dictionary! {
            "Type" => "Catalog",
            "Pages" => reference(PAGES),
            "Outlines" => reference(OUTLINES),
            "Lang" => text_string("vi-VN"),
            "ViewerPreferences" => dictionary! { "Duplex" => duplex },
        };
        self.write(CATALOG, &catalog.into())?;
        let (begin, size) = (self.out.written, self.places.len() + 1);
        writeln!(self.out, "xref\n0 {size}\n0000000000 65535 f ")?;
        for place in &self.places {
            writeln!(self.out, "{place:010} 00000 n ")?;
        }
        let trailer = dictionary! { "Size" => count(size), "Root" => reference(CATALOG) };
        writeln!(self.out, "trailer")?;
        Writer::write_object(&mut self.out, &trailer.into())?;
        writeln!(self.out, "\nstartxref\n{begin}\n%%EOF")?;
        self.out.flush()?;
        Ok((self.out.out, self.pages.len()))
    }

    /// The names of all papers, each leading to its first page.
    fn write_outlines(&mut self) -> io::Result<()> {
        let papers = std::mem::take(&mut self.papers);
        let numbers: Vec<u32> = papers.iter().map(|_| self.next_number()).collect();
        for (index, (name, page)) in papers.iter().enumerate() {
            let mut item = dictionary! {
                "Title" => text_string(name),
                "Parent" => reference(OUTLINES),
                "Dest" => vec![reference(*page), Object::Name(b"Fit".to_vec())],
            };
            if let Some(before) = index.checked_sub(1).and_then(|index| numbers.get(index)) {
                item.set("Prev", reference(*before));
            }
            if let Some(after) = numbers.get(index + 1) {
                item.set("Next", reference(*after));
            }
            self.write(numbers[index], &item.into())?;
        }
        let mut outlines = dictionary! { "Type" => "Outlines", "Count" => count(numbers.len()) };
        if let (Some(first), Some(last)) = (numbers.first(), numbers.last()) {
            outlines.set("First", reference(*first));
            outlines.set("Last", reference(*last));
        }
        self.write(OUTLINES, &outlines.into())
    }

    /// A page of the last size with nothing on it.
    fn add_blank(&mut self) -> io::Result<()> {
        let number = self.next_number();
        let page = dictionary! {
            "Type" => "Page",
            "Parent" => reference(PAGES),
            "MediaBox" => self.size.clone(),
            "Resources" => Dictionary::new(),
        };
        self.write(number, &page.into())?;
        self.pages.push(number);
        Ok(())
    }

    fn next_number(&mut self) -> u32 {
        self.places.push(0);
        u32::try_from(self.places.len()).expect("a file of four billion objects would not fit a disk")
    }

    /// Gives what `object` names the numbers it has in this file, and puts what is new among it into `waiting`.
    fn renumber(
        &mut self,
        object: &mut Object,
        moved: &mut HashMap<ObjectId, u32>,
        waiting: &mut Vec<(ObjectId, u32)>,
    ) {
        match object {
            Object::Reference(id) => {
                let number = *moved.entry(*id).or_insert_with(|| {
                    let number = self.next_number();
                    waiting.push((*id, number));
                    number
                });
                *id = (number, 0);
            }
            Object::Array(items) => items.iter_mut().for_each(|item| self.renumber(item, moved, waiting)),
            Object::Dictionary(fields) => {
                fields.iter_mut().for_each(|(_, field)| self.renumber(field, moved, waiting));
            }
            Object::Stream(stream) => {
                stream.dict.iter_mut().for_each(|(_, field)| self.renumber(field, moved, waiting));
            }
            Object::Null
            | Object::Boolean(_)
            | Object::Integer(_)
            | Object::Real(_)
            | Object::Name(_)
            | Object::String(..) => {}
        }
    }

    fn write(&mut self, number: u32, object: &Object) -> io::Result<()> {
        self.places[number as usize - 1] = self.out.written;
        let blank = |needed: bool| if needed { " " } else { "" };
        write!(self.out, "{number} 0 obj{}", blank(Writer::need_separator(object)))?;
        Writer::write_object(&mut self.out, object)?;
        writeln!(self.out, "{}endobj", blank(Writer::need_end_separator(object)))
    }
}

/// What a page takes along into another file.
fn taken(paper: &Document, id: ObjectId) -> Result<Dictionary, lopdf::Error> {
    let own = paper.get_dictionary(id)?;
    let mut page = dictionary! { "Type" => "Page" };
    for key in OWN {
        if let Ok(value) = own.get(key) {
            page.set(key, value.clone());
        }
    }
    let (mut node, mut depth) = (own, 0);
    loop {
        for key in INHERITED {
            if let (false, Ok(value)) = (page.has(key), node.get(key)) {
                page.set(key, value.clone());
            }
        }
        depth += 1;
        match node.get(b"Parent").and_then(Object::as_reference) {
            Ok(parent) if depth < DEPTH_MAX => node = paper.get_dictionary(parent)?,
            Ok(_) | Err(_) => return Ok(page),
        }
    }
}

fn reference(number: u32) -> Object {
    Object::Reference((number, 0))
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Counts what was written, which is where the next object begins.
struct Counted<W> {
    out: W,
    written: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use motcua_domain::form::FormKind;

    use super::*;
    use crate::form::library::FormLibrary;
    use crate::form::sample;
    use crate::form::sample::instant;

    fn paper(kind: FormKind) -> Vec<u8> {
        let day = motcua_domain::office_time::day_of(instant());
        FormLibrary::shipped().print(&sample::of(kind), day, instant()).unwrap()
    }

    fn bound(sides: Sides, papers: &[Vec<u8>]) -> (Document, usize) {
        let mut bound = Bound::begin(Vec::new(), sides).unwrap();
        for (paper, number) in papers.iter().zip(1..) {
            bound.add(&format!("Hồ sơ {number}"), paper).unwrap();
        }
        let (bytes, pages) = bound.end().unwrap();
        (Document::load_mem(&bytes).unwrap(), pages)
    }

    /// What is drawn on every page, and with how many fonts.
    fn drawn(paper: &Document) -> Vec<(Vec<u8>, usize)> {
        let fonts = |page| paper.get_page_fonts(page).unwrap().len();
        paper.page_iter().map(|page| (paper.get_page_content(page), fonts(page))).collect()
    }

    #[test]
    fn every_page_is_drawn_by_the_bytes_it_was_kept_with() {
        let papers = [paper(FormKind::Receipt), paper(FormKind::Refusal), paper(FormKind::ControlSlip)];
        let (all, pages) = bound(Sides::One, &papers);
        let each = papers.iter().flat_map(|paper| drawn(&Document::load_mem(paper).unwrap()));
        let each: Vec<_> = each.collect();
        assert_eq!(pages, each.len());
        assert!(each.iter().all(|(content, fonts)| !content.is_empty() && 0 < *fonts));
        assert_eq!(drawn(&all), each);
    }

    #[test]
    fn on_both_sides_every_paper_begins_a_sheet() {
        let (one, two) = (paper(FormKind::Refusal), paper(FormKind::Receipt));
        let alone = |paper: &Vec<u8>| Document::load_mem(paper).unwrap().page_iter().count();
        let (all, pages) = bound(Sides::Both, &[one.clone(), two.clone(), one.clone()]);
        let full = |count: usize| count + count % 2;
        assert_eq!(pages, full(alone(&one)) + full(alone(&two)) + alone(&one));
        let all = drawn(&all);
        let drawn_one = drawn(&Document::load_mem(&one).unwrap());
        assert_eq!(all[0], drawn_one[0]);
        if alone(&one) % 2 == 1 {
            assert_eq!(all[alone(&one)], (Vec::new(), 0), "an empty page fills up the sheet");
        }
        assert_eq!(all[full(alone(&one)) + full(alone(&two))], drawn_one[0]);
    }

    #[test]
    fn what_is_no_paper_leaves_the_file_as_it_was() {
        let mut bound = Bound::begin(Vec::new(), Sides::One).unwrap();
        bound.add("Một", &paper(FormKind::Refusal)).unwrap();
        let before = bound.out.written;
        assert!(matches!(bound.add("Hai", b"not a paper"), Err(BindError::Paper(_))));
        assert_eq!(bound.out.written, before);
        let (bytes, pages) = bound.end().unwrap();
        assert_eq!(Document::load_mem(&bytes).unwrap().page_iter().count(), pages);
    }
}
