import { type KeyPart, partsOf } from '../../../src/providers/auth.js';
import { allLogs } from '../../../src/providers/logs.js';
import { needsText } from '../../../src/providers/needs.js';
import type { Paging, Provider, ProviderNeeds } from '../../../src/providers/provider.js';
import { meaningTable } from '../../schemas/table.js';

/** The page of a vendor in docs/providers, made of its file. */
export function pageOf(provider: Provider): string {
  const { title, name, documentation } = provider;
  const parts = [
    `# ${title}`,
    `<!-- Made of src/providers/catalogue/${name}.json by npm run providers: change the file, not this page. -->`,
    `\`--provider ${name}\`${provider.base === undefined ? '' : ` reads from \`${provider.base}\``}.`,
    '## The key',
    ...keySection(provider),
    ...variableSection(provider),
    '## First commands',
    commands(provider),
    `Without a key: \`auditlog list --demo --provider ${name}\` shows made-up events as ${title} would send them.`,
    ...logSection(provider),
    '## What the server does',
    bullets(serverFacts(provider)),
    ...actionSection(provider),
    ...meaningSection(provider),
    ...accessSection(provider),
    ...(provider.assumed.length === 0
      ? []
      : [
          '## Assumed',
          'No public document states the following. If a line is wrong, report it, or correct it in your own file.',
          bullets(provider.assumed.map(escaped)),
        ]),
    ...(documentation === undefined
      ? []
      : ['## Documentation', `Read on ${documentation.read}:`, bullets(documentation.urls.map((url) => `<${url}>`))]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function keySection(provider: Provider): readonly string[] {
  const { needs, auth } = provider;
  const parts = Object.entries(partsOf(auth));
  const about: (readonly [keyof ProviderNeeds, string])[] = [
    ['plan', 'Plan'],
    ['role', 'Role'],
    ['scope', 'Scope'],
    ['key', 'Made at'],
  ];
  const lines =
    typeof needs === 'string'
      ? [needsText(provider)]
      : [
          bullets(
            about.flatMap(([key, word]) =>
              needs[key] === undefined ? [] : [`${word}: ${key === 'key' ? address(needs[key]) : escaped(needs[key])}`],
            ),
          ),
        ];
  const asked =
    parts.length === 0
      ? []
      : [
          `\`auditlog auth login\` asks for ${parts.map(([part, one]) => partText(part, one)).join(', ')}. \`AUDITLOG_API_KEY\` takes ${parts.length === 1 ? 'it' : 'them'} too${parts.length === 1 ? '' : `, written as \`${parts.map(([part]) => part).join(':')}\``}.`,
        ];
  return [...lines, ...asked, sentAs(provider)];
}

function partText(name: string, { about }: KeyPart): string {
  return `${escaped(about)} (\`${name}\`)`;
}

function sentAs({ auth }: Provider): string {
  if (auth.type === 'basic') return 'It is sent as HTTP Basic.';
  if (auth.type === 'header')
    return `It is sent in the header \`${auth.header}\`${auth.scheme === undefined ? '' : `, after the word \`${auth.scheme}\``}.`;
  const account =
    auth.token.grant === 'jwt'
      ? 'The key is the JSON file of a service account: `auditlog auth login --with-token < account.json`. '
      : '';
  return `${account}It fetches a token from \`${auth.token.url}\`, kept in memory and renewed before it expires.`;
}

function variableSection({ variables = {} }: Provider): readonly string[] {
  const rows = Object.entries(variables).map(
    ([name, { about, example, default: usual }]) =>
      `| \`${name}\` | ${escaped(about)} | ${[usual === undefined ? '' : `default \`${usual}\``, example === undefined ? '' : `such as \`${example}\``].filter(Boolean).join(', ')} |`,
  );
  if (rows.length === 0) return [];
  return [
    '## Variables',
    `${['| name | what it is | |', '|---|---|---|', ...rows].join('\n')}`,
    'Set them with `--var name=value`. `auditlog auth login` asks for them and saves them in the profile.',
  ];
}

function commands(provider: Provider): string {
  const { name } = provider;
  const values = Object.entries(provider.variables ?? {}).flatMap(
    ([variable, { default: usual, example = 'VALUE' }]) =>
      usual === undefined ? [`--var ${variable}=${example}`] : [],
  );
  const org = usesOrg(provider) && provider.defaultOrg === undefined ? ['--org ORG'] : [];
  const place = [`--profile ${name}`, `--provider ${name}`, ...org, ...values].join(' ');
  return [
    '```sh',
    `auditlog auth login ${place}`,
    `auditlog list --profile ${name}`,
    `auditlog export --profile ${name} --from 30d -o ${name}.csv`,
    '```',
  ].join('\n');
}

export function usesOrg({ path, fixed, body, logs }: Provider): boolean {
  return JSON.stringify([path, fixed, body, logs]).includes('{org}');
}

function logSection({ logs, name }: Provider): readonly string[] {
  if (logs === undefined) return [];
  const rows = Object.entries(logs).map(([log, { title }]) => `| \`--provider ${name}/${log}\` | ${escaped(title)} |`);
  return [
    '## Logs',
    `\`--provider ${name}\` reads all of them, merged by time.`,
    ['| | |', '|---|---|', ...rows].join('\n'),
  ];
}

function serverFacts(provider: Provider): readonly string[] {
  const { filters, dates, paging, order, total, rate } = allLogs(provider);
  const names = Object.entries(filters).map(
    ([filter, parameter]) => `\`--${FLAGS[filter] ?? filter}\` (\`${parameter}\`)`,
  );
  const days = (count: number): string => `${count} ${count === 1 ? 'day' : 'days'}`;
  return [
    names.length === 0
      ? 'It has no filters: all filters are applied here.'
      : `It filters by ${names.join(', ')}; other filters are applied here.`,
    dates.from === undefined && dates.search === undefined
      ? 'It has no range of days: the log is read back to the start of the range.'
      : `It takes a range${dates.to === undefined && dates.search === undefined ? ' with a start only' : ''}.`,
    ...(dates.required === true ? ['Every request needs a range.'] : []),
    ...(dates.defaultDays === undefined
      ? []
      : [`Without \`--from\`, the last ${days(dates.defaultDays)} are requested.`]),
    ...(dates.longestDays === undefined
      ? []
      : [`A request covers at most ${days(dates.longestDays)}; longer ranges are split.`]),
    `${PAGES[paging.style]}${paging.size === undefined ? '' : `, with at most ${paging.max} entries`}.${paging.reach === undefined ? '' : ` They reach ${paging.reach} entries of a range; larger ranges are split.`}`,
    ...(order === undefined ? [] : [`Entries come ${order === 'oldest-first' ? 'oldest first' : 'newest first'}.`]),
    total === undefined
      ? 'It reports no count, so an export cannot be confirmed as complete.'
      : 'It reports a count: an export is compared with it.',
    rate.limit === undefined
      ? `auditlog sends ${rate.default} requests a minute unless \`--rate\` says otherwise. The vendor's limit is not known.`
      : `It allows ${rate.limit} requests a minute. auditlog sends ${rate.default}.`,
  ];
}

const PAGES: Readonly<Record<Paging['style'], string>> = {
  page: 'Pages are numbered',
  offset: 'Pages start at any row',
  cursor: 'Pages follow a cursor',
  link: 'Pages follow links',
  none: 'One answer has all entries of a range',
};

const FLAGS: Readonly<Record<string, string>> = { resourceType: 'resource' };

function actionSection({ name, actions, actionsComplete }: Provider): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const [action, { category }] of Object.entries(actions))
    groups.set(category, [...(groups.get(category) ?? []), action]);
  if (groups.size === 0) return [];
  const count = Object.keys(actions).length;
  const rows = [...groups].map(([category, names]) => `| ${escaped(category)} | ${names.length} | \`${names[0]}\` |`);
  const open = actionsComplete ? 'There are no others.' : 'Others are labelled by their names.';
  return [
    '## Actions',
    `${count} actions have labels and colours (\`auditlog actions --provider ${name}\` lists them). ${open}`,
    ['| category | actions | such as |', '|---|---|---|', ...rows].join('\n'),
  ];
}

function meaningSection(provider: Provider): readonly string[] {
  if (Object.keys(provider.actions).length === 0) return [];
  return [
    '## In OCSF',
    'How these actions are mapped; see [schemas.md](../reference/schemas.md).',
    meaningTable(provider),
  ];
}

function accessSection({ access, name }: Provider): readonly string[] {
  if (access === undefined) return [];
  const rows = access.rules.map(
    ({ actions, does }) => `| ${does} | ${actions.map((action) => `\`${action}\``).join(' ')} |`,
  );
  return [
    '## Access',
    `What \`auditlog access --provider ${name}\` reads members and roles from; see [access reviews](../howto/access-review.md).`,
    ['| does | actions |', '|---|---|', ...rows].join('\n'),
  ];
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function address(text: string): string {
  return text.includes('{') ? `\`${text}\`` : `<${text}>`;
}

function escaped(text: string): string {
  return text.replace(/[|<>{}]/g, (one) => (one === '|' ? '\\|' : one));
}
