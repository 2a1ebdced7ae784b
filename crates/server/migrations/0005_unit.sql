create table unit (
    code text not null,
    valid_from text not null,
    valid_to text,
    name text not null,
    level text not null,
    content text not null,
    primary key (code, valid_from)
);

create table area (
    code text not null,
    valid_from text not null,
    valid_to text,
    name text not null,
    name_folded text not null,
    name_sort text not null,
    level text not null,
    parent text,
    primary key (code, valid_from)
);

create index area_by_parent on area (parent, name_sort);

create table area_succession (
    old_code text not null,
    new_code text not null,
    starts_on text not null,
    share text not null,
    note text not null,
    primary key (old_code, new_code, starts_on)
);

create index area_succession_by_new on area_succession (new_code, old_code);

insert into catalogue_revision (name, revision) values ('unit', 0);
