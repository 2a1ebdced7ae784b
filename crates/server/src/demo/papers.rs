//! Files of the demonstration: for each paper that a procedure asks for, and each result, one of its own.

use std::collections::BTreeMap;

use anyhow::Context as _;
use bytes::Bytes;
use jiff::Timestamp;
use motcua_domain::dossier::FileRef;
use motcua_domain::identity::fold;
use motcua_domain::procedure::ProcedureVersion;

use crate::app::App;
use crate::demo::pictures;
use crate::document::kind::FileKind;

/// One page that says what it is.
const PAGE: &str = r#"#let data = json("data.json")
#set document(title: data.title)
#set text(lang: "vi", font: "Liberation Serif", size: 12pt)
#align(center)[
  *CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM* \
  *Độc lập – Tự do – Hạnh phúc*
]
#v(1.5em)
= #data.title
#v(1em)
Thủ tục: #data.procedure

#data.words
#v(2em)
#align(right)[Hương Sen]
#v(4em)
_Bản minh họa của Một Cửa. Không có giá trị pháp lý._
"#;

/// The files by title.
#[derive(Debug)]
pub struct Files {
    /// What applicants attach, as a document.
    attached: BTreeMap<String, FileRef>,
    /// The same as it comes from the scanner of the desk.
    scanned: BTreeMap<String, FileRef>,
    /// Results by the code of the procedure: name and file.
    results: BTreeMap<String, (String, FileRef)>,
}

impl Files {
    /// Makes them all and keeps them.
    pub async fn make(app: &App, versions: &[ProcedureVersion], at: Timestamp) -> anyhow::Result<Self> {
        let mut files =
            Self { attached: BTreeMap::new(), scanned: BTreeMap::new(), results: BTreeMap::new() };
        for version in versions {
            for component in version.cases.iter().flat_map(|case| &case.components) {
                let title = &component.name;
                if files.attached.contains_key(title) {
                    continue;
                }
                let seed = files.attached.len();
                let file = if component.key.as_str().starts_with("anh") {
                    keep(app, title, FileKind::Jpeg, pictures::portrait(seed)).await?
                } else {
                    keep(app, title, FileKind::Pdf, page(title, &version.name, WORDS_OF_PAPER, at)?).await?
                };
                files.attached.insert(title.clone(), file);
                let scan = keep(app, title, FileKind::Png, pictures::page(seed)).await?;
                files.scanned.insert(title.clone(), scan);
            }
            let name = version.results.first().map_or(&version.name, |result| &result.name);
            let result = page(name, &version.name, WORDS_OF_RESULT, at)?;
            let file = keep(app, name, FileKind::Pdf, result).await?;
            files.results.insert(version.code.to_string(), (name.clone(), file));
        }
        Ok(files)
    }

    /// The file of a paper: every third that the desk takes in is scanned as a picture.
    pub fn of_paper(&self, title: &str, is_scan: bool) -> Option<&FileRef> {
        let picture = self.scanned.get(title).filter(|_| is_scan && title.len().is_multiple_of(3));
        picture.or_else(|| self.attached.get(title))
    }

    /// Name and file of the result of a procedure.
    pub fn of_result(&self, procedure: &str) -> Option<(&str, &FileRef)> {
        self.results.get(procedure).map(|(name, file)| (name.as_str(), file))
    }
}

const WORDS_OF_PAPER: &str = "Người kê khai cam đoan những nội dung trên là đúng sự thật.";
const WORDS_OF_RESULT: &str = "Giải quyết theo đề nghị của người nộp hồ sơ, căn cứ hồ sơ đã thẩm định.";

fn page(title: &str, procedure: &str, words: &str, at: Timestamp) -> anyhow::Result<Vec<u8>> {
    let data = serde_json::json!({ "title": title, "procedure": procedure, "words": words });
    crate::form::render::render(PAGE, &data, at).with_context(|| format!("the page of {title}"))
}

async fn keep(app: &App, title: &str, kind: FileKind, bytes: Vec<u8>) -> anyhow::Result<FileRef> {
    let size = u64::try_from(bytes.len())?;
    let hash = app.blobs.keep(Bytes::from(bytes)).await?;
    Ok(FileRef {
        sha256: hash.into(),
        name: file_name(title, kind),
        size,
        media_type: kind.media_type().to_owned(),
    })
}

/// The first words of the title, as people name files.
fn file_name(title: &str, kind: FileKind) -> String {
    let folded = fold(title);
    let words = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let stem = words.take(6).collect::<Vec<_>>().join("-");
    format!("{stem}.{}", kind.extensions()[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_its_title() {
        let name = file_name("Giấy chứng sinh hoặc giấy tờ thay thế (bản chính)", FileKind::Pdf);
        assert_eq!(name, "giay-chung-sinh-hoac-giay-to.pdf");
    }
}
