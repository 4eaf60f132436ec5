import { ORDERS, PARAMETER_PLACES, TIME_FORMATS, WIRE_FILTERS, type WireFilter } from '../provider.js';
import { schemaOf } from '../shape/schema.js';
import { choice, FLAG, list, map, may, must, type RecordShape, record, text, VALUE, whole } from '../shape/shape.js';
import {
  ACCESS,
  ACTION,
  ADDRESS,
  BODY_PATH,
  COLUMN,
  DATES,
  ENDPOINT,
  ENTRY_PATH,
  FIELDS,
  HEADER,
  HEADER_VALUE,
  NAME,
  NEEDS,
  PAGE_ADDRESS,
  PAGING,
  PARAMETER,
  PATHS,
  TITLE,
  TOLD,
} from './parts.js';
import { SIGN_IN, VARIABLES } from './signin.js';

const FILTERS: Readonly<Record<WireFilter, string>> = {
  action: 'by action',
  user: 'by who did it',
  target: 'by who was affected',
  resourceType: 'by type of resource',
  assistant: 'by assistant',
  workflow: 'by workflow',
  connection: 'by connection',
  account: 'by account',
  tenant: 'by tenant',
};

const WIRES = record(Object.fromEntries(WIRE_FILTERS.map((name) => [name, may(PARAMETER, FILTERS[name])])));

const LOG = record({
  title: must(TITLE, 'as people read it'),
  path: may(ENDPOINT, 'below the base'),
  fixed: may(map(text(), PARAMETER), "parameters besides the file's"),
  body: may(map(VALUE), 'the JSON body'),
  filters: may(WIRES, 'what the server filters'),
  dates: may(DATES, 'how a range of days is asked for'),
  items: may(BODY_PATH, 'where the entries are in the answer'),
});

/** A vendor's API as a file. Its keys are those of `Provider`; optional ones have defaults. */
export const PROVIDER_FILE: RecordShape = record({
  $schema: may(text(), 'where the schema of such files is, for editors'),
  name: must(NAME, 'what --provider takes; that of the file'),
  title: may(TITLE, 'as people read it (default: the name)'),
  base: may(ADDRESS, 'where the API lives; absent: --base-url says so'),
  path: may(
    ENDPOINT,
    'below the base; {org} is replaced by the organization; may be left out where each of logs has one',
  ),
  defaultOrg: may(text("an organization's id", /^[A-Za-z0-9_.-]{1,128}$/), 'the organization when none is named'),
  variables: may(VARIABLES, 'what other {names} in the base, the path, fixed parameters and the body stand for'),
  method: may(choice('GET', 'POST'), 'how pages are asked for (default: GET)'),
  body: may(map(VALUE), 'the JSON body of a POST; dates, filters and pages go into it'),
  logs: may(map(LOG, NAME), 'several logs below one sign-in; what they leave out is as in the file'),
  auth: must(SIGN_IN, 'how requests are signed with the key'),
  headers: may(map(HEADER_VALUE, HEADER), 'headers sent with every request'),
  fixed: may(map(text(), PARAMETER), 'parameters sent with every request'),
  filters: may(WIRES, "what the server filters: our name, the vendor's parameter"),
  filtersIn: may(choice(...PARAMETER_PLACES), 'where filters go: query or body (default: the body of a POST)'),
  filterMax: may(whole(1, 100_000), 'the longest value that a filter takes, in characters'),
  dates: may(DATES, 'how a range of days is asked for; absent: it cannot be'),
  paging: must(PAGING, 'how pages follow one another'),
  order: may(choice(...ORDERS), 'the order of the entries; absent: found out from the first page'),
  items: may(BODY_PATH, 'where the entries are in the answer; absent or empty: the answer is the list'),
  each: may(
    ENTRY_PATH,
    'where the entry is in a member of that list, such as node; a list there holds several entries',
  ),
  total: may(TOLD, 'where the server tells how many entries match; absent: it does not'),
  fields: must(FIELDS, 'where in an entry what is'),
  timeFormat: may(choice(...TIME_FORMATS), 'how the time of an entry is written (default: rfc3339)'),
  timeZone: may(text('UTC or an offset such as -06:00', /^(?:UTC|[+-]\d\d:\d\d)$/), 'the zone of times that name none'),
  columns: may(list(COLUMN), "the table's columns, as on the vendor's own page"),
  actions: may(map(ACTION), 'the known actions, in the order they are shown'),
  access: may(ACCESS, 'how members and their roles follow from the events, for auditlog access'),
  actionsComplete: may(FLAG, 'whether there are no others: then an unknown one is an error'),
  sources: may(list(TITLE), 'all sources that entries can have: then another one is an error'),
  rate: may(
    record({
      limit: may(whole(1, 100_000), 'how many requests a minute the vendor allows; absent: unknown'),
      default: must(whole(1, 100_000), 'how many we send unasked'),
    }),
    'requests a minute (default: 60)',
  ),
  errorMessage: may(PATHS, "where in an error's body the vendor's message is"),
  needs: may(NEEDS, 'what a 403 means: the plan, role and scope that are needed, and where the key is made'),
  documentation: may(
    record({
      urls: must(list(PAGE_ADDRESS), 'their addresses'),
      read: must(text('a day such as 2026-11-28', /^\d{4}-\d\d-\d\d$/), 'when they were read'),
    }),
    'the documents that this file was made from',
  ),
  assumed: may(list(TITLE, 0), 'what no public document of the vendor states'),
  examples: may(list(VALUE, 0), 'entries as the vendor sends them, for auditlog provider check'),
});

/** The JSON Schema of a vendor's file, which is also in the package as `provider.schema.json`. */
export function fileSchema(): Readonly<Record<string, unknown>> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'auditlog provider',
    description: "A vendor's audit-log API as data. auditlog provider check FILE also finds what a schema cannot.",
    ...schemaOf(PROVIDER_FILE),
  };
}
