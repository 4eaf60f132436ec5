-- Lines of standard input into the table audit_events, each once:
--   auditlog export --from 7d | psql "$POSTGRES" -X -q -v ON_ERROR_STOP=1 -f postgres.sql
-- A line that is there already is passed over; one of the same id with another text is kept beside the first.
create table if not exists audit_events (
  id     text not null,    -- the entry's own id; '' when it has none
  digest text not null,    -- SHA-256 of the line
  line   text not null,    -- the entry's own text
  event  jsonb,            -- the same, to ask; null where jsonb cannot hold it, such as a text with \u0000
  primary key (id, digest)
);

create or replace function pg_temp.audit_jsonb(line text) returns jsonb language plpgsql as $$
begin
  return line::jsonb;
exception when others then
  return null;
end $$;

begin;
create temporary table incoming (line text) on commit drop;
-- These delimiters stand in no line, so that every character of one is taken as it is.
\copy incoming from pstdin with (format csv, delimiter E'\x01', quote E'\x02')
insert into audit_events
  select coalesce(event ->> 'id', substring(line from '^{"id":"([^"\\]*)"'), ''), encode(sha256(convert_to(line, 'UTF8')), 'hex'), line, event
  from (select line, pg_temp.audit_jsonb(line) as event from incoming) as parsed
on conflict do nothing;
commit;
