//! SQL of the portal: drafts, their files, and a person's dossiers.

use jiff::Timestamp;
use motcua_db::{DbError, Row, Tx, Value};
use motcua_domain::dossier::FileRef;
use motcua_domain::ids::{DraftId, PersonId, Sha256Hex};
use uuid::Uuid;

use crate::clock::stored;
use crate::portal::draft::{Draft, Purpose, Typed};
use crate::secrets::{SecretError, Secrets};

const DRAFT_COLUMNS: &str =
    "id, purpose, owner_id, procedure_code, procedure_version, procedure_name, dossier_code,
    content, created_at, updated_at, filed_at, deleted_at";

/// A file that waits in a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftFile {
    /// Stable id; becomes the id of the paper.
    pub id: String,
    /// Key of the component, or of the defect of a supplement, that it answers.
    pub component: String,
    /// As the person named it.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// Sniffed.
    pub media_type: String,
    /// Address in the blob store.
    pub sha256: Sha256Hex,
}

impl DraftFile {
    /// A file that was kept, as an answer to this component.
    pub fn of(id: Uuid, component: &str, file: FileRef) -> Self {
        Self {
            id: id.to_string(),
            component: component.to_owned(),
            name: file.name,
            size: i64::try_from(file.size).unwrap_or(i64::MAX),
            media_type: file.media_type,
            sha256: file.sha256,
        }
    }
}

/// Begins a draft. One with this id that is there already stays as it is.
pub fn insert_draft(tx: &mut Tx<'_>, draft: &Draft, content: &str) -> Result<(), DbError> {
    let sql = format!(
        "insert into draft ({DRAFT_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (id) do nothing"
    );
    let at = |at: Option<Timestamp>| Value::from(at.map(stored));
    tx.run_ahead(
        &sql,
        &[
            draft.id.to_string().into(),
            draft.purpose.name().into(),
            draft.owner.to_string().into(),
            draft.procedure.as_str().into(),
            i64::from(draft.procedure_version).into(),
            draft.procedure_name.as_str().into(),
            draft.dossier.as_ref().map(ToString::to_string).into(),
            content.into(),
            stored(draft.created_at).into(),
            stored(draft.updated_at).into(),
            at(draft.filed_at),
            at(draft.deleted_at),
        ],
    )
}

/// One draft of this person; nobody else's.
pub fn draft(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    id: DraftId,
    owner: PersonId,
) -> Result<Option<Draft>, DbError> {
    let sql = format!("select {DRAFT_COLUMNS} from draft where id = $1 and owner_id = $2");
    let row = tx.one(&sql, &[id.to_string().into(), owner.to_string().into()])?;
    row.map(|row| read_draft(secrets, &row)).transpose()
}

/// The open filings of a person, last touched first.
pub fn open_drafts(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    owner: PersonId,
    limit: i64,
) -> Result<Vec<Draft>, DbError> {
    let sql = format!(
        "select {DRAFT_COLUMNS} from draft
          where owner_id = $1 and purpose = 'filing' and filed_at is null and deleted_at is null
          order by updated_at desc, id desc limit $2"
    );
    let rows = tx.rows(&sql, &[owner.to_string().into(), limit.into()])?;
    rows.iter().map(|row| read_draft(secrets, row)).collect()
}

/// Keeps what was typed. Nothing changes once the draft was handed in.
pub fn save_typed(tx: &mut Tx<'_>, id: DraftId, content: &str, at: Timestamp) -> Result<bool, DbError> {
    let changed = tx.run(
        "update draft set content = $2, updated_at = $3 where id = $1 and filed_at is null",
        &[id.to_string().into(), content.into(), stored(at).into()],
    )?;
    Ok(0 < changed)
}

/// Notes that the draft was handed in, and forgets what was typed: the dossier has it now.
pub fn mark_filed(
    tx: &mut Tx<'_>,
    id: DraftId,
    dossier: &str,
    empty: &str,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.run_ahead(
        "update draft set dossier_code = $2, content = $3, filed_at = $4 where id = $1 and filed_at is null",
        &[id.to_string().into(), dossier.into(), empty.into(), stored(at).into()],
    )
}

/// Opens the draft again that a dossier was filed from: there is no such dossier any more.
pub fn reopen_filing(tx: &mut Tx<'_>, dossier: &str) -> Result<(), DbError> {
    tx.run_ahead(
        "update draft set filed_at = null, dossier_code = null where dossier_code = $1 and purpose = 'filing'",
        &[dossier.into()],
    )
}

/// Opens a draft again that was handed in.
pub fn reopen(tx: &mut Tx<'_>, id: DraftId) -> Result<(), DbError> {
    tx.run_ahead("update draft set filed_at = null where id = $1", &[id.to_string().into()])
}

/// The drafts of answers to what was asked about a dossier, and whether they were handed in.
pub fn supplements(tx: &mut Tx<'_>, dossier: &str) -> Result<Vec<(DraftId, bool)>, DbError> {
    tx.rows(
        "select id, filed_at from draft where dossier_code = $1 and purpose = 'supplement' order by id",
        &[dossier.into()],
    )?
    .iter()
    .map(|row| Ok((row.parse("id")?, row.get::<Option<String>>("filed_at")?.is_some())))
    .collect()
}

/// Removes a draft with its files, and the uploads that were on their way to it.
pub fn remove(tx: &mut Tx<'_>, id: DraftId) -> Result<(), DbError> {
    let id: [Value; 1] = [id.to_string().into()];
    tx.run_ahead("delete from upload where purpose = 'draft' and place = $1", &id)?;
    tx.run_ahead("delete from draft_file where draft_id = $1", &id)?;
    tx.run_ahead("delete from draft where id = $1", &id)
}

/// Throws a draft away, or takes it back.
pub fn set_deleted(
    tx: &mut Tx<'_>,
    id: DraftId,
    owner: PersonId,
    at: Option<Timestamp>,
) -> Result<bool, DbError> {
    let changed = tx.run(
        "update draft set deleted_at = $3 where id = $1 and owner_id = $2 and filed_at is null",
        &[id.to_string().into(), owner.to_string().into(), at.map(stored).into()],
    )?;
    Ok(0 < changed)
}

/// Empties the drafts that were thrown away before `before`: their answers and files are gone for good.
pub fn purge_deleted(tx: &mut Tx<'_>, owner: PersonId, before: Timestamp) -> Result<(), DbError> {
    let owner = owner.to_string();
    let params: [Value; 2] = [owner.into(), stored(before).into()];
    tx.run_ahead(
        "delete from draft_file
          where draft_id in (select id from draft where owner_id = $1 and filed_at is null and deleted_at < $2)",
        &params,
    )?;
    tx.run_ahead("delete from draft where owner_id = $1 and filed_at is null and deleted_at < $2", &params)
}

/// One intake that an officer began and did not finish, of which files are here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenIntake {
    /// Its draft.
    pub id: DraftId,
    /// Code of the procedure.
    pub procedure: String,
    /// Its name.
    pub procedure_name: String,
    /// How many files.
    pub files: i64,
    /// Begun.
    pub created_at: Timestamp,
}

/// The intakes of an officer that have files and were not finished, newest first.
pub fn open_intakes(tx: &mut Tx<'_>, owner: PersonId, limit: i64) -> Result<Vec<OpenIntake>, DbError> {
    let sql = "select d.id, d.procedure_code, d.procedure_name, d.created_at, count(f.id) as files
                 from draft d join draft_file f on f.draft_id = d.id
                where d.owner_id = $1 and d.purpose = 'intake' and d.filed_at is null
                group by d.id, d.procedure_code, d.procedure_name, d.created_at
                order by d.created_at desc, d.id desc limit $2";
    let rows = tx.rows(sql, &[owner.to_string().into(), limit.into()])?;
    let read = |row: &Row| {
        Ok(OpenIntake {
            id: row.parse("id")?,
            procedure: row.get("procedure_code")?,
            procedure_name: row.get("procedure_name")?,
            files: row.get("files")?,
            created_at: row.parse("created_at")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Forgets what officers gathered before `before` for something that they never did, or did before then.
pub fn purge_gathered(tx: &mut Tx<'_>, before: Timestamp) -> Result<(), DbError> {
    let params: [Value; 1] = [stored(before).into()];
    let theirs = "purpose in ('intake', 'act') and (filed_at is null or filed_at < $1)";
    tx.run_ahead(
        &format!("delete from draft_file where created_at < $1 and draft_id in (select id from draft where {theirs})"),
        &params,
    )?;
    tx.run_ahead(
        &format!(
            "delete from draft where {theirs} and created_at < $1
                and not exists (select 1 from draft_file f where f.draft_id = draft.id)"
        ),
        &params,
    )
}

/// The files of a draft, in the order they came.
pub fn files(tx: &mut Tx<'_>, draft: DraftId) -> Result<Vec<DraftFile>, DbError> {
    tx.rows(
        "select id, component, name, size, media_type, sha256 from draft_file where draft_id = $1 order by id",
        &[draft.to_string().into()],
    )?
    .iter()
    .map(|row| {
        Ok(DraftFile {
            id: row.get("id")?,
            component: row.get("component")?,
            name: row.get("name")?,
            size: row.get("size")?,
            media_type: row.get("media_type")?,
            sha256: row.parse("sha256")?,
        })
    })
    .collect()
}

/// How many files a draft has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileCounts {
    /// Of one component.
    pub here: usize,
    /// Of all.
    pub all: usize,
}

/// How many files an open draft of this person has. None when there is none, or when it was handed in or thrown away.
pub fn file_counts(
    tx: &mut Tx<'_>,
    draft: DraftId,
    owner: PersonId,
    component: &str,
) -> Result<Option<FileCounts>, DbError> {
    let row = tx.one(
        "select (select count(*) from draft_file where draft_id = $1 and component = $3) as here,
                (select count(*) from draft_file where draft_id = $1) as number
           from draft where id = $1 and owner_id = $2 and filed_at is null and deleted_at is null",
        &[draft.to_string().into(), owner.to_string().into(), component.into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let count = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
    Ok(Some(FileCounts { here: count(row.get("here")?), all: count(row.get("number")?) }))
}

/// Keeps a file. `false` when the same file is in the same place already.
pub fn insert_file(
    tx: &mut Tx<'_>,
    draft: DraftId,
    file: &DraftFile,
    at: Timestamp,
) -> Result<bool, DbError> {
    let added = tx.run(
        "insert into draft_file (draft_id, id, component, name, size, media_type, sha256, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (draft_id, component, sha256) do nothing",
        &[
            draft.to_string().into(),
            file.id.as_str().into(),
            file.component.as_str().into(),
            file.name.as_str().into(),
            file.size.into(),
            file.media_type.as_str().into(),
            file.sha256.as_str().into(),
            stored(at).into(),
        ],
    )?;
    Ok(0 < added)
}

/// Takes every file of one component out of a draft.
pub fn delete_files_of(tx: &mut Tx<'_>, draft: DraftId, component: &str) -> Result<(), DbError> {
    tx.run_ahead(
        "delete from draft_file where draft_id = $1 and component = $2",
        &[draft.to_string().into(), component.into()],
    )
}

/// Takes a file out of a draft.
pub fn delete_file(tx: &mut Tx<'_>, draft: DraftId, file: &str) -> Result<bool, DbError> {
    let gone = tx.run(
        "delete from draft_file where draft_id = $1 and id = $2",
        &[draft.to_string().into(), file.into()],
    )?;
    Ok(0 < gone)
}

/// One line of "my dossiers".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MyDossier {
    /// Code.
    pub code: String,
    /// Name of the procedure.
    pub procedure_name: String,
    /// National status number.
    pub status: i64,
    /// Who settles it.
    pub competent_unit: Option<String>,
    /// Who took it in.
    pub receiving_unit: String,
    /// Whose it is.
    pub applicant_name: String,
    /// Due.
    pub due_at: Option<String>,
    /// The clock stands.
    pub paused: bool,
    /// Until when the desk, or the applicant, has to answer.
    pub wait_until: Option<String>,
    /// Handed in.
    pub submitted_at: String,
    /// Over.
    pub ended_at: Option<String>,
}

/// Which of a person's dossiers a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Something may still happen.
    Open,
    /// Over.
    Closed,
}

/// The dossiers of a person, newest first, from the one after (`submitted_at`, `code`) on.
pub fn my_dossiers(
    tx: &mut Tx<'_>,
    owner: PersonId,
    show: Show,
    after: Option<(&str, &str)>,
    limit: i64,
) -> Result<Vec<MyDossier>, DbError> {
    let of_kind = match show {
        Show::Open => "status not in (3, 7, 8, 10)",
        Show::Closed => "status in (3, 7, 8, 10)",
    };
    let sql = format!(
        "select d.code, d.procedure_name, d.status, d.competent_unit, d.receiving_unit, d.applicant_name, d.due_at,
                d.paused, d.submitted_at, d.ended_at, w.due_at as wait_until
           from dossier d
           left join work w on w.dossier_code = d.code and w.step in ('intake', 'supplement', 'payment')
          where d.owner_id = $1 and d.{of_kind}
            and (d.submitted_at < $2 or (d.submitted_at = $2 and d.code < $3))
          order by d.submitted_at desc, d.code desc limit $4"
    );
    // Later than every instant, so that the first page needs no statement of its own.
    let (at, code) = after.unwrap_or(("9999", ""));
    let rows = tx.rows(&sql, &[owner.to_string().into(), at.into(), code.into(), limit.into()])?;
    rows.iter().map(my_dossier).collect()
}

/// How many dossiers of a person are open and closed.
pub fn count_my_dossiers(tx: &mut Tx<'_>, owner: PersonId) -> Result<(i64, i64), DbError> {
    let row = tx.one(
        "select count(case when status in (3, 7, 8, 10) then null else 1 end) as open,
                count(case when status in (3, 7, 8, 10) then 1 else null end) as closed
           from dossier where owner_id = $1",
        &[owner.to_string().into()],
    )?;
    match row {
        Some(row) => Ok((row.get("open")?, row.get("closed")?)),
        None => Ok((0, 0)),
    }
}

/// What was typed, sealed for its draft.
pub fn seal(secrets: &Secrets, random: &crate::random::Random, id: DraftId, typed: &Typed) -> String {
    let json = serde_json::to_string(typed).expect("texts by name are JSON");
    secrets.seal(random, &purpose(id), &json)
}

/// Opens what [`seal`] sealed.
pub fn open_typed(secrets: &Secrets, id: DraftId, sealed: &str) -> Result<Typed, SecretError> {
    let json = secrets.open(&purpose(id), sealed)?;
    serde_json::from_str(&json).map_err(|_| SecretError::Sealed)
}

fn purpose(id: DraftId) -> String {
    format!("draft {id}")
}

fn read_draft(secrets: &Secrets, row: &Row) -> Result<Draft, DbError> {
    let id: DraftId = row.parse("id")?;
    let purpose: String = row.get("purpose")?;
    let content: String = row.get("content")?;
    let version: i64 = row.get("procedure_version")?;
    let bad = |what: &str| DbError::Decode(format!("draft {id}: {what}"));
    Ok(Draft {
        id,
        purpose: Purpose::from_name(&purpose).ok_or_else(|| bad("purpose"))?,
        owner: row.parse("owner_id")?,
        procedure: row.parse("procedure_code")?,
        procedure_version: u32::try_from(version).map_err(|_| bad("procedure_version"))?,
        procedure_name: row.get("procedure_name")?,
        dossier: row.parse_opt("dossier_code")?,
        typed: open_typed(secrets, id, &content).map_err(|_| bad("content does not open"))?,
        created_at: row.parse("created_at")?,
        updated_at: row.parse("updated_at")?,
        filed_at: row.parse_opt("filed_at")?,
        deleted_at: row.parse_opt("deleted_at")?,
    })
}

fn my_dossier(row: &Row) -> Result<MyDossier, DbError> {
    Ok(MyDossier {
        code: row.get("code")?,
        procedure_name: row.get("procedure_name")?,
        status: row.get("status")?,
        competent_unit: row.get("competent_unit")?,
        receiving_unit: row.get("receiving_unit")?,
        applicant_name: row.get("applicant_name")?,
        due_at: row.get("due_at")?,
        paused: row.get("paused")?,
        wait_until: row.get("wait_until")?,
        submitted_at: row.get("submitted_at")?,
        ended_at: row.get("ended_at")?,
    })
}
