//! What each form says, taken from the dossier as it stood when the form was issued.

use std::sync::Arc;

use jiff::Timestamp;
use motcua_db::DbError;
use motcua_domain::access::Role;
use motcua_domain::dossier::{
    CopyKind, Dossier, Event, IssuedForm, Office as _, Paper, PaperSource, ReturnWay,
};
use motcua_domain::form::FormKind;
use motcua_domain::office_time::day_of;
use motcua_domain::unit::{Unit, UnitCode, UnitLevel};

use super::{received_on, register, slip};
use crate::app::App;
use crate::dossier::journal::Entry;
use crate::form::data::{
    ApologyData, Applicant, Contact, DefectLine, FeeLine, FormData, Head, Making, Proof, ReceiptData,
    ReceivedComponent, RefusalData, RegisterPlace, SealedRoot, Signature, StopData, SupplementData,
};
use crate::form::library::FormLibrary;
use crate::office::Snapshot;
use crate::web::locale::Locale;

/// Everything a form is filled from.
pub(super) struct Filling<'a> {
    pub dossier: &'a Dossier,
    pub form: &'a IssuedForm,
    pub office: Arc<Snapshot>,
    pub created: Timestamp,
    proof: Option<Proof>,
    look_up_url: String,
    /// Name of the field of the procedure.
    field: String,
    /// The event that issued the form, and the role of its author.
    cause: Option<Event>,
    role: Option<Role>,
}

impl<'a> Filling<'a> {
    /// Gathers what the form needs. `entries` is the journal as far as the form may know it.
    pub async fn new(
        app: &App,
        dossier: &'a Dossier,
        form: &'a IssuedForm,
        entries: &[Entry],
        created: Timestamp,
    ) -> Result<Self, super::PrintError> {
        let sealed = super::seal_before(app, created).await?;
        let sealed = match sealed {
            Some(seal) => {
                let at = seal.at.parse().map_err(|_| DbError::Decode("instant of a seal".to_owned()))?;
                Some(SealedRoot { root: seal.root, at })
            }
            None => None,
        };
        let before = form.entry.checked_sub(1).and_then(|sequence| i64::try_from(sequence).ok());
        let cause = entries.iter().find(|entry| Some(entry.sequence) == before);
        let cause = cause.map(|entry| entry.recorded(&app.secrets)).transpose()?;
        let base = app.config.server.public_url();
        let filing = &dossier.filing;
        let version = app.catalogue.version(app, &filing.procedure, filing.procedure_version).await?;
        let field = version
            .map_or_else(|| filing.field.clone(), |version| version.field_name(&filing.field).to_owned());
        Ok(Self {
            dossier,
            form,
            office: app.office(),
            created,
            proof: entries.last().map(|entry| Proof { head: entry.hash.clone(), sealed }),
            look_up_url: format!("{base}/tra-cuu/{}", dossier.code),
            field,
            role: cause.as_ref().and_then(|one| one.author.role),
            cause: cause.map(|one| one.event),
        })
    }

    /// The content of the form; `None` when the journal does not say what it needs.
    pub fn data(&self) -> Option<FormData> {
        Some(match self.form.kind {
            FormKind::Receipt => FormData::Receipt(Box::new(self.receipt()?)),
            FormKind::SupplementRequest => FormData::Supplement(Box::new(self.supplement()?)),
            FormKind::Refusal => FormData::Refusal(Box::new(self.refusal())),
            FormKind::Apology => FormData::Apology(Box::new(self.apology()?)),
            FormKind::StopNotice => FormData::Stop(Box::new(self.stop())),
            FormKind::ControlSlip => FormData::ControlSlip(Box::new(slip::data(self)?)),
            FormKind::Register => return None,
        })
    }

    fn receipt(&self) -> Option<ReceiptData> {
        let filing = &self.dossier.filing;
        let year = day_of(self.form.at).year();
        Some(ReceiptData {
            head: self.desk_head(),
            applicant: applicant(self.dossier),
            request: self.request(),
            components: components(self.dossier),
            sets_count: u32::from(filing.sets),
            limit: filing.limit,
            received_at: self.dossier.progress.accepted_at?,
            due_at: self.dossier.progress.due,
            result_place: match &filing.return_way {
                ReturnWay::Desk => self.desk_place(),
                ReturnWay::Online => word("issued.at_portal").to_owned(),
                ReturnWay::Post(address) => {
                    Locale::Vi.say("issued.by_post").arg("address", address).to_string()
                }
            },
            fees: self
                .fees_known()
                .map(|(name, amount, paid)| FeeLine { name: name.to_owned(), amount, paid })
                .collect(),
            register: Some(RegisterPlace {
                book: register::book_label(register::book_of(self.form.number), year),
                entry: self.form.number,
            }),
            submitter: submitter(self.dossier),
            receiver: self.form.signer_name.clone(),
        })
    }

    fn supplement(&self) -> Option<SupplementData> {
        let asked = self.dossier.progress.supplements.last()?;
        let line = |defect: &motcua_domain::dossier::Defect| DefectLine {
            content: format!("{}: {}", defect.title, defect.wanted),
            making: word(copy_key(defect.copy)).to_owned(),
        };
        Some(SupplementData {
            head: self.desk_head(),
            applicant: applicant(self.dossier),
            request: self.request(),
            defects: asked.defects.iter().map(line).collect(),
            reason: asked.reason.clone(),
            legal_base: asked.legal_base.clone(),
            answer_by: Some(asked.answer_by),
            contact: self.contact(),
            guide: self.form.signer_name.clone(),
        })
    }

    fn refusal(&self) -> RefusalData {
        let (reason, legal_base) = if let Some(Event::Refused { reason, legal_base }) = &self.cause {
            (reason.clone(), legal_base.clone())
        } else {
            (self.end_reason(), String::new())
        };
        RefusalData {
            head: self.desk_head(),
            applicant: applicant(self.dossier),
            request: self.request(),
            reason,
            legal_base,
            contact: self.contact(),
            submitter: submitter(self.dossier),
            receiver: self.form.signer_name.clone(),
        }
    }

    fn apology(&self) -> Option<ApologyData> {
        let extension = self.dossier.progress.extensions.last()?;
        Some(ApologyData {
            head: self.agency_head(),
            applicant: applicant(self.dossier),
            request: self.request(),
            field: self.field.clone(),
            received_by: self.desk_place(),
            received_at: self.dossier.progress.accepted_at?,
            due_before: extension.due_before,
            due_after: extension.due_after,
            reason: extension.reason.clone(),
            recipients: vec![self.desk_name()],
            signature: self.signature(),
        })
    }

    fn stop(&self) -> StopData {
        let (key, legal_base, fee_settlement) =
            if let Some(Event::Stopped { legal_base, fee_settlement, lapsed, .. }) = &self.cause {
                let key = if *lapsed { "issued.stopped_lapsed" } else { "issued.stopped" };
                (key, legal_base.clone(), fee_settlement.clone())
            } else {
                ("issued.stopped_at_request", String::new(), String::new())
            };
        let paid = self.fees_known().filter(|(_, _, paid)| *paid).map(|(_, amount, _)| amount);
        let payments = self.dossier.progress.payments.iter().filter(|payment| payment.paid_at.is_some());
        StopData {
            head: self.agency_head(),
            applicant: applicant(self.dossier),
            request: self.request(),
            stage: self.stage(),
            decision: word(key).to_owned(),
            reason: self.end_reason(),
            legal_base,
            stopped_at: self.form.at,
            fees_paid: paid.chain(payments.map(|payment| payment.amount)).sum(),
            // What is given back is settled in words; the sum is filled in when the money is counted.
            fees_refunded: None,
            fee_settlement,
            recipients: vec![self.desk_name()],
            signature: self.signature(),
        }
    }

    /// Fees whose amount is known; an unknown amount is not printed as nothing.
    fn fees_known(&self) -> impl Iterator<Item = (&str, i64, bool)> {
        let fees = self.dossier.filing.fees.iter();
        fees.filter_map(|fee| fee.amount.map(|amount| (fee.name.as_str(), amount, fee.paid)))
    }

    pub fn request(&self) -> String {
        let filing = &self.dossier.filing;
        if filing.subject.is_empty() {
            filing.procedure_name.clone()
        } else if filing.subject.starts_with(&filing.procedure_name) {
            // The subject of what is filed online begins with the procedure: once is enough.
            filing.subject.clone()
        } else {
            format!("{} ({})", filing.procedure_name, filing.subject)
        }
    }

    fn end_reason(&self) -> String {
        self.dossier.progress.end_reason.clone().unwrap_or_default()
    }

    /// Which step was held until the end.
    fn stage(&self) -> String {
        let ended = self.dossier.progress.ended_at;
        let held = self.dossier.progress.holdings.iter().rev().find(|held| held.to == ended);
        match held.and_then(|held| self.dossier.step(&held.step)) {
            Some(step) => match &step.name {
                Some(name) => name.clone(),
                None => word(&format!("issued.stage_{}", step.kind.name())).to_owned(),
            },
            None => word("issued.stage_receive").to_owned(),
        }
    }

    /// Head of a form the one-stop issues.
    pub fn desk_head(&self) -> Head {
        Head { reception: Some(self.desk_name()), ..self.head(&self.form.unit) }
    }

    /// Head of a letter of the agency itself.
    fn agency_head(&self) -> Head {
        self.head(&self.form.unit)
    }

    fn head(&self, unit: &UnitCode) -> Head {
        let label =
            FormLibrary::shipped().number_label(self.form.kind, received_on(self.dossier), self.form.number);
        Head {
            number_label: label,
            code: Some(self.dossier.code.to_string()),
            look_up_url: Some(self.look_up_url.clone()),
            proof: self.proof.clone(),
            ..letterhead(&self.office, unit, self.created)
        }
    }

    /// `Bộ phận …` of the desk that took the dossier in.
    pub fn desk_name(&self) -> String {
        desk_name(&self.office, &self.dossier.filing.receiving_unit)
    }

    /// The desk with its agency, as it stands inside a sentence.
    pub fn desk_place(&self) -> String {
        let unit = self.office.unit_name(&self.dossier.filing.receiving_unit);
        let desk = self.desk_name();
        if desk.contains(&unit) { desk } else { format!("{desk}, {unit}") }
    }

    fn contact(&self) -> Contact {
        let unit = unit(&self.office, &self.dossier.filing.receiving_unit);
        let phone = unit.map(|unit| match unit.one_stops.first() {
            Some(desk) if !desk.phone.is_empty() => desk.phone.clone(),
            Some(_) | None => unit.phone.clone(),
        });
        Contact { name: self.form.signer_name.clone(), phone: phone.unwrap_or_default() }
    }

    fn signature(&self) -> Signature {
        let level = unit(&self.office, &self.form.unit).map(|unit| unit.level);
        let authority = match self.role {
            Some(Role::SigningLeader) => match level {
                Some(UnitLevel::Department | UnitLevel::Central) => word("issued.by_director").to_owned(),
                Some(UnitLevel::Province | UnitLevel::District | UnitLevel::Commune) | None => {
                    word("issued.by_committee").to_owned()
                }
            },
            Some(Role::UnitHead) => word("issued.by_head").to_owned(),
            Some(
                Role::Reception
                | Role::FeeCollector
                | Role::Dispatcher
                | Role::Specialist
                | Role::Clerk
                | Role::ResultReturner
                | Role::ProcedureController
                | Role::Administrator
                | Role::Auditor,
            )
            | None => self.desk_name(),
        };
        // What an applicant or the program caused is signed by whoever hands it out, by hand.
        let name = self.role.map_or_else(String::new, |_| self.form.signer_name.clone());
        Signature { authority: vec![authority], name }
    }
}

/// The top of a paper of this unit: superior, name, place, day.
pub(super) fn letterhead(office: &Snapshot, code: &UnitCode, created: Timestamp) -> Head {
    let line = office.units().line_on(code, office.day);
    let own = unit(office, code);
    let superior = own.map(|unit| unit.superior_name.clone()).filter(|name| !name.is_empty());
    let place = line.iter().map(|unit| unit.place.as_str()).find(|place| !place.is_empty());
    Head {
        superior: superior.or_else(|| line.get(1).map(|above| above.name.clone())),
        agency: office.unit_name(code),
        reception: None,
        place: place.unwrap_or_default().to_owned(),
        day: day_of(created),
        number_label: None,
        code: None,
        look_up_url: None,
        proof: None,
    }
}

/// `Bộ phận …` of a unit.
pub(super) fn desk_name(office: &Snapshot, code: &UnitCode) -> String {
    let desk = unit(office, code).and_then(|unit| unit.one_stops.first());
    desk.map_or_else(|| word("issued.desk").to_owned(), |desk| desk.name.clone())
}

fn unit<'a>(office: &'a Snapshot, code: &UnitCode) -> Option<&'a Unit> {
    office.units().on(code, office.day).or_else(|| office.units().latest(code))
}

pub(super) fn applicant(dossier: &Dossier) -> Applicant {
    let owner = &dossier.filing.applicant;
    let identity = &owner.identity;
    let number = identity.id_number.as_ref().or(identity.tax_number.as_ref());
    Applicant {
        name: owner.name.clone(),
        id_number: number.cloned().unwrap_or_default(),
        address: identity.address.clone(),
        phone: identity.phone.clone().unwrap_or_default(),
        email: identity.email.clone().unwrap_or_default(),
    }
}

fn submitter(dossier: &Dossier) -> String {
    let filing = &dossier.filing;
    filing.representative.as_ref().map_or_else(|| filing.applicant.name.clone(), |one| one.name.clone())
}

/// Papers of one name together, in the order they were handed in.
fn components(dossier: &Dossier) -> Vec<ReceivedComponent> {
    let mut lines: Vec<ReceivedComponent> = Vec::new();
    for paper in dossier.papers() {
        let making = making(paper);
        let count = u32::from(paper.quantity);
        match lines.iter_mut().find(|line| line.name == paper.title) {
            // One more page that was scanned is not one more paper.
            Some(_) if paper.source == PaperSource::Scanned && paper.copy == CopyKind::Electronic => {}
            Some(line) => {
                line.count += count;
                if !line.makings.contains(&making) {
                    line.makings.push(making);
                }
            }
            None => {
                lines.push(ReceivedComponent { name: paper.title.clone(), makings: vec![making], count });
            }
        }
    }
    lines
}

fn making(paper: &Paper) -> Making {
    match paper.copy {
        CopyKind::Original => Making::Original,
        CopyKind::Copy => Making::Copy,
        CopyKind::Electronic => Making::Electronic,
    }
}

fn copy_key(copy: CopyKind) -> &'static str {
    match copy {
        CopyKind::Original => "issued.copy_original",
        CopyKind::Copy => "issued.copy_copy",
        CopyKind::Electronic => "issued.copy_electronic",
    }
}

/// Forms are printed in Vietnamese whatever language the page has.
pub(super) fn word(key: &str) -> &'static str {
    Locale::Vi.t(key)
}
