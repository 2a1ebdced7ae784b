create table installation (
    id text primary key,
    office text not null,
    demo boolean not null
);

create table person (
    id text primary key,
    name text not null,
    name_folded text not null,
    name_sort text not null,
    email_hash text unique,
    id_number_hash text,
    sealed text not null,
    login text unique,
    password text,
    password_once boolean not null,
    totp text,
    totp_step bigint not null,
    language text not null,
    active boolean not null,
    failures bigint not null,
    locked_until text,
    created_at text not null,
    version bigint not null
);

create index person_by_id_number on person (id_number_hash);
create index person_by_name on person (name_sort, id);

create table appointment (
    person_id text not null references person (id),
    unit_code text not null,
    role text not null,
    valid_from text not null,
    valid_to text,
    primary key (person_id, unit_code, role, valid_from)
);

create index appointment_by_unit on appointment (unit_code, role);

create table session (
    token_hash text primary key,
    person_id text not null references person (id),
    face text not null,
    agent text not null,
    created_at text not null,
    seen_at text not null,
    expires_at text not null,
    ended_at text
);

create index session_by_person on session (person_id, expires_at);

create index session_by_expiry on session (expires_at);

create table login_code (
    email_hash text primary key,
    code_hash text not null,
    created_at text not null,
    expires_at text not null,
    tries bigint not null
);

create table mail (
    id text primary key,
    dossier_code text,
    recipient text not null,
    subject text not null,
    body text not null,
    created_at text not null,
    sent_at text
);

create index mail_by_time on mail (created_at);

create table job (
    id text primary key,
    kind text not null,
    dossier_code text,
    payload text not null,
    created_at text not null,
    run_at text not null,
    lease_until text,
    tries bigint not null,
    last_error text,
    failed_at text
);

create index job_by_time on job (failed_at, run_at, id);

create table held_form (
    token_hash text primary key,
    person_id text not null references person (id),
    sealed text not null,
    created_at text not null
);

create index held_form_by_time on held_form (created_at);

create table office_log (
    sequence bigint primary key,
    at text not null,
    author_id text,
    author_name text not null,
    kind text not null,
    subject text not null,
    content text not null,
    previous_hash text not null,
    hash text not null
);

create index office_log_by_subject on office_log (subject, sequence);

create table office_log_head (
    id text primary key,
    sequence bigint not null,
    hash text not null
);

create table demo_person (
    person_id text primary key references person (id),
    place bigint not null,
    note_vi text not null,
    note_en text not null,
    password text
);
