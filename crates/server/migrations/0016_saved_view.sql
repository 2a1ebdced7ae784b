-- Filters of work lists that officers named, as the address holds them. One may be shared with a unit.
create table saved_view (
    id text primary key,
    author_id text not null references person (id),
    list text not null,
    name text not null,
    query text not null,
    unit_code text,
    created_at text not null,
    deleted_at text
);

create index saved_view_by_author on saved_view (author_id, name, id);
create index saved_view_by_unit on saved_view (unit_code, name, id);

-- Those who see every unit ask for the clocks of every unit: the index by unit answers them too.
drop index journal_by_pause_at;
