-- The units a dossier passed through, so that lists find what the access rules let an officer open.
create table dossier_unit (
    dossier_code text not null references dossier (code),
    unit_code text not null,
    primary key (dossier_code, unit_code)
);
create index dossier_unit_by_unit on dossier_unit (unit_code, dossier_code);
insert into dossier_unit (dossier_code, unit_code)
    select code, receiving_unit from dossier
    union select code, competent_unit from dossier where competent_unit is not null
    union select dossier_code, unit_code from work;

-- From when work is warned about: running dossiers are counted again and get it.
alter table work add column warn_at text not null default '9999-12-31T00:00:00.000Z';
update counted_with set stamp = '';

-- Which clocks stand and who stopped them, without reading every journal.
create index journal_by_pause on journal (unit_code, at, dossier_code, sequence)
    where kind in ('supplement_requested', 'payment_requested', 'paused');
create index dossier_paused on dossier (code) where paused;
