-- Names by which lists are searched: every end of an applicant's name that begins with a word, for each unit the
-- dossier passed through, and once more without a unit for those who may see everything. See `dossier/row.rs`.
create table dossier_name (
    dossier_code text not null references dossier (code),
    unit_code text not null,
    folded text not null,
    primary key (dossier_code, unit_code, folded)
);

create index dossier_name_by_unit on dossier_name (unit_code, folded, dossier_code desc);

insert into dossier_name (dossier_code, unit_code, folded)
with recursive cut (dossier_code, whole, head) as (
    select code, trim(applicant_folded), trim(applicant_folded) from dossier
    union all
    -- The head without its last word.
    select dossier_code, whole, rtrim(rtrim(head, replace(head, ' ', '')))
      from cut where rtrim(head, replace(head, ' ', '')) <> ''
)
select distinct n.dossier_code, u.unit_code,
       substr(substr(n.whole, length(rtrim(n.head, replace(n.head, ' ', ''))) + 1), 1, 60)
  from cut n
  join (select dossier_code, unit_code from dossier_unit union all select code, '' from dossier) u
    on u.dossier_code = n.dossier_code;
