-- Files that arrive in pieces. A row is found by an id that nobody can guess; `received` is never more than what is on
-- disk. `purpose`, `place` and `part` say what it is meant for, `ended` what became of it.
create table upload (
    id text primary key,
    owner_id text not null,
    purpose text not null,
    place text not null,
    part text not null,
    name text not null,
    metadata text not null,
    size bigint not null,
    sha256_given text,
    received bigint not null,
    sha256 text,
    media_type text,
    ended text,
    file_id text,
    created_at text not null,
    expires_at text not null
);

create index upload_by_place on upload (place, part, created_at);
create index upload_by_owner on upload (owner_id, ended);
create index upload_by_end on upload (ended, expires_at);
create index upload_by_hash on upload (sha256);
