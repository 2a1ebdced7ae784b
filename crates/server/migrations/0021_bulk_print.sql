-- A run that prints: which paper was printed of each dossier, by the hash of its file, and under which id the one file of
-- all of them is kept, with its pages. A kept file is gone after a while; how many pages it had stays.
alter table bulk_row add column paper text;
alter table bulk_run add column export_id text;
alter table bulk_run add column pages bigint;
