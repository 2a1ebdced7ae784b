-- Lists that were made to be taken away, each kept for a while so that a download that broke off goes on. A row is found
-- by an id that nobody can guess, for the person who made it with the rights they had; the file lies in `files/exports/`.
create table export (
    id text primary key,
    owner_id text not null references person (id),
    rights text not null,
    kind text not null,
    name text not null,
    size bigint not null,
    row_count bigint not null,
    created_at text not null,
    expires_at text not null
);

create index export_by_owner on export (owner_id, created_at, id);
create index export_by_end on export (expires_at);
