create table api_token (
    id text primary key,
    person_id text not null references person (id),
    face text not null,
    name text not null,
    token_hash text not null unique,
    scopes text not null,
    created_at text not null,
    expires_at text not null,
    last_used_on text,
    revoked_at text
);

create index api_token_by_person on api_token (person_id, created_at);

-- What a request with an idempotency key was answered, so that the same request again is answered the same.
create table api_answer (
    person_id text not null references person (id),
    idempotency_key text not null,
    request_hash text not null,
    status bigint not null,
    etag text not null,
    location text,
    body text not null,
    at text not null,
    primary key (person_id, idempotency_key)
);

create index api_answer_by_time on api_answer (at);

-- A file that waits to be named by a filing or a step.
create table api_file (
    person_id text not null references person (id),
    id text not null,
    sha256 text not null,
    name text not null,
    size bigint not null,
    media_type text not null,
    at text not null,
    primary key (person_id, id),
    unique (person_id, sha256, name)
);

create index api_file_by_time on api_file (at);
