-- What lists filter, count and sort by stands beside the work itself, so that no list has to look at every dossier.
alter table work add column waits_for text not null default '';
alter table work add column procedure_code text not null default '';
alter table work add column field text not null default '';
alter table work add column channel text not null default '';
alter table work add column status bigint not null default 0;
alter table work add column applicant_folded text not null default '';

update work set
    waits_for = coalesce(officer_id, unit_code || ' ' || role),
    (procedure_code, field, channel, status, applicant_folded) =
        (select d.procedure_code, d.field, d.channel, d.status, d.applicant_folded
           from dossier d where d.code = work.dossier_code);

-- Each begins with what says whose work it is, then the order of lists, then all they are narrowed and counted by.
drop index work_by_unit;
drop index work_by_officer;
create index work_by_unit on work (unit_code, due_at, dossier_code, step, tab, warn_at, procedure_code, field, status,
    channel, officer_id, applicant_folded);
create index work_by_holder on work (waits_for, due_at, dossier_code, step, tab, warn_at, procedure_code, field, status,
    channel, unit_code, officer_id, applicant_folded);
create index work_by_due on work (due_at, dossier_code, step, tab, warn_at, procedure_code, field, status, channel,
    unit_code, officer_id, applicant_folded);

-- What runs out while nobody does anything.
create index work_unanswered on work (due_at, dossier_code) where step = 'supplement';

-- The books of the register are the dossiers a desk accepted in a year.
create index dossier_by_acceptance on dossier (receiving_unit, accepted_at, code);

-- Who stopped clocks in a month, for those who see every unit.
create index journal_by_pause_at on journal (at)
    where kind in ('supplement_requested', 'payment_requested', 'paused');
