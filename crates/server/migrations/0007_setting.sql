-- Settings of the office, each set with the day it holds from. A set whose day has come never changes.
create table setting_set (
    valid_from text primary key,
    content text not null,
    decided_at text not null,
    author_id text,
    author_name text not null
);

insert into catalogue_revision (name, revision) values ('setting', 0);

-- What the due instants in the rows of dossiers and of work were counted with last, and how thoroughly.
create table counted_with (
    id text primary key,
    stamp text not null,
    passes bigint not null,
    at text not null
);
