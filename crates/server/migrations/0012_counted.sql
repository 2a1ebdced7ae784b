-- Proof that the program wrote the due instant and the work of a dossier: running ones are counted again and get theirs.
alter table dossier add column counted text not null default '';
update counted_with set stamp = '';
