-- A link by which a phone puts files into one place of one draft. Only a hash of its secret is kept, and of the browser
-- that sent first: nobody else may send after it. `ended` says how it ended, `received` how many files came by it.
create table handoff (
    id text primary key,
    token_hash text not null,
    draft_id text not null,
    component text not null,
    asked text not null,
    procedure_name text not null,
    unit_name text not null,
    owner_id text not null,
    browser_hash text,
    received bigint not null,
    created_at text not null,
    expires_at text not null,
    ended text
);

create unique index handoff_by_token on handoff (token_hash);
create index handoff_by_draft on handoff (draft_id, ended);
create index handoff_by_end on handoff (ended, expires_at);

-- The link by which an upload comes; none when its owner sends it.
alter table upload add column handoff_id text;

create index upload_by_handoff on upload (handoff_id, ended);
create index draft_by_purpose on draft (purpose, filed_at, owner_id, created_at);
