-- Every file that a journal names. A file kept under a hash that stands neither here nor with a draft, a printed form
-- or whoever sent it is nobody's, and is removed.
create table dossier_file (
    dossier_code text not null references dossier (code),
    sha256 text not null,
    primary key (dossier_code, sha256)
);

create index dossier_file_by_hash on dossier_file (sha256);
create index draft_file_by_hash on draft_file (sha256);
create index form_file_by_hash on form_file (sha256);
create index api_file_by_hash on api_file (sha256);

-- One row, once the journals from before this table were read.
create table dossier_file_read (
    at text not null primary key
);
