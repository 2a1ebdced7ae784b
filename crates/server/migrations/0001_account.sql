create table installation (
    id text primary key,
    office text not null,
    demo boolean not null
);

create table person (
    id text primary key,
    name text not null,
    name_folded text not null,
    email_hash text unique,
    id_number_hash text,
    sealed text not null,
    login text unique,
    password text,
    totp text,
    active boolean not null,
    failures bigint not null,
    locked_until text,
    created_at text not null,
    version bigint not null
);

create index person_by_id_number on person (id_number_hash);
create index person_by_name on person (name_folded, id);

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
    created_at text not null,
    seen_at text not null,
    expires_at text not null
);

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

create index mail_by_time on mail (created_at, id);

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
    done_at text
);

create index job_by_time on job (done_at, run_at, id);
