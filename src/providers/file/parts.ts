import { KINDS } from '../../event.js';
import { DATE_FORMATS } from '../provider.js';
import { choice, either, FLAG, list, may, must, record, text, variants, whole } from '../shape/shape.js';
import { STEPS } from '../value.js';

export const TITLE = text();
export const NAME = text('a name of lower-case letters, digits, _ and -', /^[a-z][a-z0-9_-]{0,31}$/);
export const ADDRESS = text('an address such as https://api.example.com', /^https?:\/\/[^\s?#]+$/);
export const PARAMETER = text("a parameter's name", /^[A-Za-z0-9_.:~[\]$-]{1,64}$/);
export const HEADER = text("a header's name", /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/);
export const HEADER_VALUE = text('plain text for a header', /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/);
export const ENDPOINT = text(
  'a path such as /v1/audit-logs, with at most one {org}',
  /^\/(?!\/)[^\s?#{}\\]*[^\s?#{}\\/](?:\/\{org\}(?:\/[^\s?#{}\\]*[^\s?#{}\\/])?)?$|^\/\{org\}(?:\/[^\s?#{}\\]*[^\s?#{}\\/])?$/,
);
const ENTRY_PATH = text(
  'a path such as actor.email or tags.0',
  new RegExp(String.raw`^(?!\$[.[])(?!.*\[\d+\])${STEPS}$`),
);
export const BODY_PATH = text(
  'a path such as meta.next, or empty for the answer itself',
  new RegExp(String.raw`^$|^(?!\$[.[])${STEPS}$`),
);
const GLOB = text();
const PAGE_SIZE = whole(1, 10_000);

export const PATHS = either(ENTRY_PATH, list(ENTRY_PATH));
const ONLY_FOR = may(list(GLOB), 'only for actions that match one of these, such as member.*');

const PERSON = record({
  id: may(PATHS, 'where the id is; of several paths the first that yields a value'),
  name: may(PATHS, 'where the name is'),
  email: may(PATHS, 'where the email address is'),
  actions: ONLY_FOR,
});
const PEOPLE = either(PERSON, list(PERSON));

const RESOURCE = record({
  type: may(
    either(text(), record({ path: must(PATHS, 'where the type is') })),
    "the type's name, or {path} when the entry tells it; absent: the action's part before its last dot",
  ),
  id: may(PATHS, 'where the id is'),
  name: may(PATHS, 'where the name is'),
  actions: ONLY_FOR,
});

export const FIELDS = record({
  id: may(PATHS, 'the id of the entry; without one, equal entries are told apart by their order'),
  time: must(PATHS, 'when it happened; see timeFormat'),
  action: must(
    either(ENTRY_PATH, list(ENTRY_PATH), record({ join: must(list(ENTRY_PATH, 2), 'paths whose texts a dot joins') })),
    'what was done: a path, or {join} of several',
  ),
  actor: must(PEOPLE, 'who did it'),
  target: may(PEOPLE, 'whom it was done to'),
  resource: may(list(RESOURCE), 'what it was done to: ways to see it, the first that yields something counts'),
  source: may(PATHS, 'where it was done from, such as app or api'),
  ip: may(PATHS, 'the IP address'),
  country: may(PATHS, 'the country code'),
  userAgent: may(PATHS, 'the user agent'),
  org: may(record({ id: may(PATHS, 'its id'), name: may(PATHS, 'its name') }), 'the organization'),
  metadata: may(PATHS, 'whatever else the entry tells'),
  assistant: may(PATHS, 'the id that --assistant asks for'),
  workflow: may(PATHS, 'the id that --workflow asks for'),
  connection: may(PATHS, 'the id that --connection asks for'),
  account: may(PATHS, 'the id that --account asks for'),
  tenant: may(PATHS, 'the id that --tenant asks for'),
});

export const TOLD = record(
  {
    header: may(HEADER, 'the response header'),
    path: may(ENTRY_PATH, 'the path in the answer'),
  },
  ['header', 'path'],
);

/** What every style has. */
const PAGES = {
  size: must(PARAMETER, 'the parameter of the page size'),
  max: must(PAGE_SIZE, 'the largest page that the vendor gives'),
  hasMore: may(ENTRY_PATH, 'where the answer says true or false: whether there is more'),
  sizeIn: may(TOLD, 'where the answer says how many entries its pages hold'),
};

export const PAGING = variants('style', {
  page: record({
    style: must(choice('page'), 'pages are numbered'),
    page: must(PARAMETER, 'the parameter of the page number'),
    first: may(whole(0, 1), 'the number of the first page (default: 1)'),
    ...PAGES,
  }),
  offset: record({
    style: must(choice('offset'), 'pages begin at any row'),
    offset: must(PARAMETER, 'the parameter of the first row, from 0'),
    ...PAGES,
  }),
  cursor: record({
    style: must(choice('cursor'), 'each answer names the next page by a cursor'),
    cursor: must(PARAMETER, 'the parameter that takes the cursor'),
    next: must(ENTRY_PATH, 'where in the answer the next cursor is; null, empty or absent: the last page'),
    ...PAGES,
  }),
  link: record({
    style: must(choice('link'), 'each answer names the address of the next page, in a Link header with rel="next"'),
    next: may(ENTRY_PATH, 'where in the answer that address is, when it is not in a header'),
    ...PAGES,
  }),
});

export const DATES = record({
  from: may(PARAMETER, 'the parameter of the first day or instant'),
  to: may(PARAMETER, 'the parameter of the last one, which is included'),
  search: may(
    record({
      parameter: must(PARAMETER, 'the parameter that takes words'),
      from: must(text('words with {from}', /^[^{}]*\{from\}[^{}]*$/), 'for a range without end'),
      to: must(text('words with {to}', /^[^{}]*\{to\}[^{}]*$/), 'for a range without beginning'),
      both: must(text('words with {from} and {to}', /^[^{}]*\{from\}[^{}]+\{to\}[^{}]*$/), 'for both ends'),
    }),
    'for a vendor that takes the range as words, such as created:{from}..{to}',
  ),
  format: must(choice(...DATE_FORMATS), 'how they are written: day is YYYY-MM-DD, instant is RFC 3339'),
  defaultDays: may(whole(1, 3650), 'how many days the server gives when no range is asked; absent: all'),
  required: may(FLAG, 'whether the server refuses a request without a range'),
  longestDays: may(whole(1, 3650), 'the longest range in days that one request may ask for; absent: any'),
});

export const ACTION = record({
  category: must(TITLE, 'the group it is shown under'),
  label: must(TITLE, 'as a person reads it'),
  kind: must(choice(...KINDS), 'what it does, and so its colour'),
});

export const COLUMN = record({
  heading: must(TITLE, 'what stands above it'),
  shows: must(text(), 'a view such as actor, event or details, or a path of the entry with a dot in front'),
  coloured: may(FLAG, 'whether its text has the colour of what was done'),
});
