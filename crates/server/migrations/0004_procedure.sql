create table procedure_version (
    code text not null,
    version bigint not null,
    name text not null,
    fields text not null,
    levels text not null,
    online text not null,
    agency text not null,
    keywords text not null,
    outline boolean not null,
    internal boolean not null,
    written_here boolean not null,
    valid_from text not null,
    valid_to text,
    published_at text not null,
    published_by text not null,
    fingerprint text not null,
    content text not null,
    primary key (code, version)
);

create table catalogue_revision (
    name text primary key,
    revision bigint not null
);

insert into catalogue_revision (name, revision) values ('procedure', 0);
