-- Every column of a seal is covered by a hash that is chained to the seal before it. Seals made before have none of
-- their own; they are covered by the first that has one.
alter table proof_seal add column hash text;

-- The desk hands over by the end of the day: what waits there is counted again.
update counted_with set stamp = '', passes = 0;
