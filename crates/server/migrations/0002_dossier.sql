create table dossier (
    code text primary key,
    procedure_code text not null,
    procedure_version bigint not null,
    procedure_name text not null,
    field text not null,
    channel text not null,
    status bigint not null,
    receiving_unit text not null,
    competent_unit text,
    owner_id text,
    applicant_name text not null,
    applicant_folded text not null,
    applicant_hash text,
    subject text not null,
    submitted_at text not null,
    accepted_at text,
    ended_at text,
    due_at text,
    paused boolean not null,
    version bigint not null,
    head_sequence bigint not null,
    head_hash text not null,
    progress text not null
);

create index dossier_by_owner on dossier (owner_id, submitted_at, code);
create index dossier_by_applicant on dossier (applicant_hash, submitted_at, code);
create index dossier_by_receiving on dossier (receiving_unit, status, due_at, code);
create index dossier_by_competent on dossier (competent_unit, status, due_at, code);

create table journal (
    dossier_code text not null references dossier (code),
    sequence bigint not null,
    at text not null,
    kind text not null,
    author_id text,
    author_name text not null,
    role text,
    unit_code text,
    content text not null,
    previous_hash text not null,
    hash text not null,
    primary key (dossier_code, sequence)
);

create table work (
    dossier_code text not null references dossier (code),
    step text not null,
    unit_code text not null,
    role text not null,
    officer_id text,
    tab text not null,
    due_at text not null,
    since text not null,
    primary key (dossier_code, step)
);

create index work_by_unit on work (unit_code, role, due_at, dossier_code, step);
create index work_by_officer on work (officer_id, due_at, dossier_code, step);

create table form_file (
    dossier_code text not null references dossier (code),
    sequence bigint not null,
    sha256 text not null,
    size bigint not null,
    primary key (dossier_code, sequence)
);

create table code_counter (
    agency text not null,
    day text not null,
    last bigint not null,
    primary key (agency, day)
);

create table form_counter (
    unit_code text not null,
    year bigint not null,
    kind text not null,
    last bigint not null,
    primary key (unit_code, year, kind)
);

create table submission (
    submit_key text primary key,
    dossier_code text not null,
    at text not null
);

create table proof_seal (
    number bigint primary key,
    at text not null,
    up_to text not null,
    dossiers bigint not null,
    root text not null
);
