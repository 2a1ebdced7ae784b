-- Spreads what grows with dossiers over the machines of a Citus cluster: everything of one dossier lies on one machine.
-- Run once on the coordinator, on a database that `motcua check` finds in order, with every server stopped:
--
--   psql --set ON_ERROR_STOP=1 --single-transaction --file citus.sql "$DATABASE"
--
-- Whatever is not named here (people, sessions, procedures, jobs …) stays on the coordinator; only the page of a bulk run joins
-- it to what is spread. A test reads the schema and this file and fails when a table is neither here nor known to stay.

create extension if not exists citus;

select create_distributed_table('dossier', 'code');
select create_distributed_table('journal', 'dossier_code', colocate_with => 'dossier');
select create_distributed_table('work', 'dossier_code', colocate_with => 'dossier');
select create_distributed_table('form_file', 'dossier_code', colocate_with => 'dossier');
select create_distributed_table('dossier_file', 'dossier_code', colocate_with => 'dossier');
select create_distributed_table('dossier_unit', 'dossier_code', colocate_with => 'dossier');
select create_distributed_table('dossier_name', 'dossier_code', colocate_with => 'dossier');
