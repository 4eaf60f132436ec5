import { KINDS } from '../../event.js';
import { ACCESS_EFFECTS } from '../access.js';
import { DATE_FORMATS, PARAMETER_PLACES, RANGE_ENDS } from '../provider.js';
import { choice, either, FLAG, list, map, may, must, record, text, variants, whole } from '../shape/shape.js';
import { STEPS } from '../value.js';

export const TITLE = text();
export const NAME = text('a name of lower-case letters, digits, _ and -', /^[a-z0-9][a-z0-9_-]{0,31}$/);
export const ADDRESS = text(
  'an address such as https://api.example.com or https://{tenant}.example.com',
  /^https?:\/\/[^\s?#]+$/,
);
/** A page for people. */
export const PAGE_ADDRESS = text('an address such as https://docs.example.com/audit#events', /^https:\/\/\S+$/);
export const PARAMETER = text("a parameter's name", /^[A-Za-z0-9_.:~[\]$-]{1,64}$/);
export const HEADER = text("a header's name", /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/);
export const HEADER_VALUE = text('plain text for a header', /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/);
export const ENDPOINT = text(
  'a path such as /v1/orgs/{org}/audit-logs',
  /^\/(?!\/)(?:[^\s?#{}\\]|\{[a-z][a-z0-9_-]*\})*$/,
);
export const IN = may(choice(...PARAMETER_PLACES), 'where they go: query or body (default: the body of a POST)');
export const ENTRY_PATH = text(
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
  id: may(
    either(ENTRY_PATH, list(ENTRY_PATH), record({ join: must(list(ENTRY_PATH, 2), 'paths whose texts make the id') })),
    'the id of the entry, or {join} of several fields; without one, equal entries are told apart by their order',
  ),
  time: must(PATHS, 'when it happened; see timeFormat'),
  action: must(
    either(
      ENTRY_PATH,
      list(ENTRY_PATH),
      record(
        {
          join: may(list(ENTRY_PATH, 2), 'paths whose texts a dot joins'),
          path: may(PATHS, 'where the action, or its code, is'),
          words: may(map(text()), 'what codes stand for, such as "1000": "user.logged_in"'),
          otherwise: may(text(), 'the action of entries that have none there'),
        },
        ['join', 'path'],
      ),
    ),
    'what was done: a path, {join} of several, or {path, words} for codes',
  ),
  actor: must(PEOPLE, 'who did it'),
  target: may(PEOPLE, 'whom it was done to'),
  resource: may(list(RESOURCE), 'what it was done to: ways to see it, the first that yields something counts'),
  source: may(PATHS, 'where it was done from, such as app or api'),
  ip: may(PATHS, 'the IP address'),
  country: may(PATHS, 'the country code'),
  userAgent: may(PATHS, 'the user agent'),
  org: may(record({ id: may(PATHS, 'its id'), name: may(PATHS, 'its name') }), 'the organization'),
  metadata: may(PATHS, 'whatever else the entry has'),
  changes: may(
    list(
      record({
        list: may(ENTRY_PATH, 'a list of objects, each with the name, old and new value of a field'),
        map: may(ENTRY_PATH, 'an object of fields, each with its old and new value'),
        name: may(PATHS, "where the field's name is"),
        old: may(PATHS, 'where the old value is'),
        new: may(PATHS, 'where the new value is'),
      }),
    ),
    'what changed: ways to see it, the first that finds something counts',
  ),
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

/** Keys of every style. */
const PAGES = {
  size: may(PARAMETER, 'the parameter of the page size; absent: there is none'),
  max: may(PAGE_SIZE, 'the largest page that the vendor gives (default: 1000)'),
  in: IN,
  emptyEnds: may(FLAG, 'whether an empty page is the last one, whatever next page it names'),
  nextKnown: may(
    FLAG,
    'whether it is sure that a page which names no next one is the last; without a size nothing else shows it',
  ),
  reach: may(whole(1, 10_000_000), 'the most entries that the pages of one range reach; absent: all'),
  hasMore: may(ENTRY_PATH, 'where the answer says true or false: whether there is more'),
  isLast: may(ENTRY_PATH, 'where it says the opposite: whether this page is the last one'),
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
    cursor: must(
      PARAMETER,
      'the parameter that takes the cursor; where it is that of an end of the range, the cursor takes its place',
    ),
    next: must(
      either(
        ENTRY_PATH,
        record(
          {
            header: may(HEADER, 'the response header that has it'),
            last: may(ENTRY_PATH, 'where the last entry has it, such as id'),
            lastTime: may(FLAG, 'true: it is the time of the last entry, written as dates.format'),
          },
          ['header', 'last', 'lastTime'],
        ),
      ),
      'where the answer has the next cursor; null, empty or absent: the last page',
    ),
    alone: may(FLAG, 'whether a request with a cursor carries nothing else but fixed parameters'),
    json: may(FLAG, 'whether the cursor is JSON, such as a list, and not a text'),
    path: may(ENDPOINT, 'where requests with a cursor go, below the base (default: where all others do)'),
    ...PAGES,
  }),
  link: record({
    style: must(choice('link'), 'each answer names the address of the next page, in a Link header with rel="next"'),
    next: may(
      either(ENTRY_PATH, record({ header: must(HEADER, 'the response header that has it') })),
      'where in the answer that address is, when it is not in a Link header',
    ),
    ...PAGES,
  }),
  none: record({ style: must(choice('none'), 'one answer has every entry of the range'), ...PAGES }),
});

export const DATES = record({
  from: may(PARAMETER, 'the parameter of the first day or instant'),
  to: may(PARAMETER, 'the parameter of the last one, which is included'),
  search: may(
    record({
      parameter: must(PARAMETER, 'the parameter that takes words'),
      from: must(text('words with {from}', /^(?!.*\{to\}).*\{from\}.*$/), 'for a range without end'),
      to: must(text('words with {to}', /^(?!.*\{from\}).*\{to\}.*$/), 'for a range without beginning'),
      both: must(text('words with {from} and {to}', /^.*\{from\}.*\{to\}.*$/), 'for both ends'),
      none: may(
        text('words without {from} and {to}', /^(?!.*\{(?:from|to)\}).+$/),
        'for no range; absent: nothing is sent',
      ),
    }),
    'for a vendor that takes the range as words, such as created:{from}..{to}',
  ),
  format: must(
    choice(...DATE_FORMATS),
    'how they are written: day is YYYY-MM-DD, instant is RFC 3339 with milliseconds, instant-s without',
  ),
  pattern: may(
    text('a pattern such as MM/DD/YYYY or YYYY-MM-DD HH:mm:ss', /^(?=.*YYYY)(?=.*MM)(?=.*DD).+$/),
    'of the format pattern',
  ),
  in: IN,
  start: may(choice(...RANGE_ENDS), 'whether entries of the very instant of from are given (default: included)'),
  end: may(choice(...RANGE_ENDS), 'whether entries of the very instant of to are given (default: included)'),
  defaultDays: may(whole(1, 3650), 'how many days the server gives when no range is asked; absent: all'),
  required: may(FLAG, 'whether the server refuses a request without a range'),
  longestDays: may(whole(1, 3650), 'the longest range in days that one request may ask for; absent: any'),
});

export const ACTION = record({
  category: must(TITLE, 'the group it is shown under'),
  label: must(TITLE, 'as a person reads it'),
  kind: must(choice(...KINDS), 'what it does, and so its colour'),
});

const ROLE = either(
  ENTRY_PATH,
  list(ENTRY_PATH),
  record({ is: must(TITLE, 'the role itself, where the action says it') }),
);

export const ACCESS = record({
  rules: must(
    list(
      record({
        actions: must(list(GLOB), 'the actions, such as member.joined or member.*'),
        does: must(choice(...ACCESS_EFFECTS), 'what they do to access'),
        person: may(
          either(choice('target', 'actor'), list(PERSON), PERSON),
          'whose access it is: target (default), actor, or the places of the person',
        ),
        role: may(ROLE, 'where the role afterwards is'),
        oldRole: may(ROLE, 'where the role before is'),
        scope: may(PATHS, 'what the access is limited to, such as a team; absent: the whole organization'),
      }),
    ),
    'what gives, changes and takes access: the first rule that fits an action counts',
  ),
  ignores: may(list(GLOB), 'actions that people without access do as well, such as failed sign-ins'),
});

export const COLUMN = record({
  heading: must(TITLE, 'what stands above it'),
  shows: must(text(), 'a view such as actor, event or details, or a path of the entry with a dot in front'),
  coloured: may(FLAG, 'whether its text has the colour of what was done'),
});

export const NEEDS = either(
  TITLE,
  record({
    plan: may(TITLE, "the vendor's plan"),
    role: may(TITLE, 'the role of whoever makes the key'),
    scope: may(TITLE, 'the scope or permission of the key'),
    key: may(PAGE_ADDRESS, 'the address where the key is made'),
  }),
);
