-- Decisions about working time. The layer of the whole office has the empty unit code.
create table calendar_layer (
    unit_code text primary key,
    settings text not null,
    version bigint not null
);

create table calendar_exception (
    unit_code text not null references calendar_layer (unit_code),
    day text not null,
    kind text not null,
    name text not null,
    name_en text,
    swapped_with text,
    windows text not null,
    primary key (unit_code, day)
);

create table calendar_change (
    unit_code text not null references calendar_layer (unit_code),
    version bigint not null,
    at text not null,
    author_id text,
    author_name text not null,
    content text not null,
    primary key (unit_code, version)
);
