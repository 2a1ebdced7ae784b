create table draft (
    id text primary key,
    purpose text not null,
    owner_id text not null,
    procedure_code text not null,
    procedure_version bigint not null,
    procedure_name text not null,
    dossier_code text,
    content text not null,
    created_at text not null,
    updated_at text not null,
    filed_at text,
    deleted_at text
);

create index draft_by_owner on draft (owner_id, updated_at, id);
create index draft_by_dossier on draft (dossier_code, purpose);

create table draft_file (
    draft_id text not null references draft (id),
    id text not null,
    component text not null,
    name text not null,
    size bigint not null,
    media_type text not null,
    sha256 text not null,
    created_at text not null,
    primary key (draft_id, id)
);

create unique index draft_file_once on draft_file (draft_id, component, sha256);
