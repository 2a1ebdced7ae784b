-- What a controller is preparing: as typed, one for each procedure.
create table procedure_draft (
    code text primary key,
    base_version bigint not null,
    name text not null,
    content text not null,
    version bigint not null,
    changed_at text not null,
    changed_by text not null
);

create index dossier_by_procedure on dossier (procedure_code, status, procedure_version);
