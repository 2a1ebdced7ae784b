-- One act done to many dossiers: who asked for it, with which words, and by which filter the dossiers were chosen. What
-- was typed is sealed. A run that was never confirmed is thrown away after a day; the others stay.
create table bulk_run (
    id text primary key,
    author_id text not null references person (id),
    author_name text not null,
    list text not null,
    query text not null,
    everything boolean not null,
    action text not null,
    fields text not null,
    language text not null,
    created_at text not null,
    foreseen_at text,
    confirmed_at text,
    ended_at text
);

create index bulk_run_by_author on bulk_run (author_id, created_at, id);

-- Each dossier of a run, in its order: the version it had when the outcome was foreseen, and what became of it.
create table bulk_row (
    run_id text not null references bulk_run (id),
    place bigint not null,
    dossier_code text not null,
    step text not null,
    alike text not null,
    version bigint not null,
    outcome text not null,
    words text not null,
    settled_at text,
    primary key (run_id, place)
);

create index bulk_row_by_outcome on bulk_row (run_id, outcome, place);
