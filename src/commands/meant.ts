import { type Command, Option } from 'commander';

/** Words of other programs, and the commands they run here. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  '-v': ['--version'],
  events: ['list'],
  follow: ['tail'],
  get: ['show'],
  log: ['list'],
  login: ['auth', 'login'],
  logout: ['auth', 'logout'],
  logs: ['list'],
  version: ['--version'],
  view: ['show'],
  watch: ['tail'],
  whoami: ['auth', 'status'],
};

/** Translates a line: `login` becomes `auth login`, `report verify` becomes `verify`, and `tail -f` becomes `tail`. */
export function meantLine(words: readonly string[]): readonly string[] {
  const [first = '', ...rest] = words;
  const line = Object.hasOwn(SAME, first) ? [...SAME[first]!, ...rest] : words;
  if (line[0] === 'report' && line[1] === 'verify') return line.slice(1);
  if (line[0] !== 'tail') return line;
  return line.filter((word, at) => word !== '--follow' && !(word === '-f' && isLone(line[at + 1])));
}

/** Whether a flag before this word has no value. */
function isLone(next: string | undefined): boolean {
  return next === undefined || next.startsWith('-');
}

/** Short words for `--format`. */
const FORMATS = ['json', 'ndjson', 'csv'] as const;

/** Adds flags such as `--json`, short for `--format json`, to a command and its subcommands, if they have that format. */
export function addShorthands(command: Command): void {
  for (const one of command.commands) addShorthands(one);
  const choices = command.options.find(({ long }) => long === '--format')?.argChoices ?? [];
  const short = FORMATS.filter((format) => choices.includes(format));
  for (const option of command.options) if (conflictsOf(option).includes('format')) option.conflicts([...short]);
  for (const format of short) {
    const others = short.filter((other) => other !== format);
    command.addOption(
      new Option(`--${format}`, `the same as --format ${format}`).conflicts(['format', ...others]).hideHelp(),
    );
  }
}

/** The flags, with `--json` read as `--format json`. */
export function withFormat(flags: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const format = FORMATS.find((name) => flags[name] === true);
  return format === undefined ? flags : { ...flags, format };
}

/** Flags that conflict with this one. */
function conflictsOf(option: Option): readonly string[] {
  return (option as unknown as { readonly conflictsWith: readonly string[] }).conflictsWith;
}

/** The command to suggest for an unknown word. */
export const INSTEAD: Readonly<Record<string, readonly string[]>> = {
  backup: ['auditlog export -o events.ndjson.gz'],
  check: ['auditlog doctor', 'auditlog verify FILE'],
  configure: ['auditlog auth login'],
  count: ['auditlog stats'],
  diff: ['auditlog list --diff'],
  download: ['auditlog export -o events.csv'],
  dump: ['auditlog export -o events.ndjson'],
  fetch: ['auditlog export -o events.ndjson'],
  filter: ['auditlog list --search TEXT', 'auditlog help filters'],
  find: ['auditlog list --search TEXT'],
  grep: ['auditlog list --search TEXT'],
  history: ['auditlog list'],
  import: ['auditlog list --input FILE'],
  init: ['auditlog auth login'],
  key: ['auditlog auth status', 'auditlog auth login'],
  keys: ['auditlog auth status', 'auditlog auth login'],
  man: ['auditlog help topics'],
  ping: ['auditlog doctor'],
  profiles: ['auditlog profile list'],
  providers: ['auditlog provider list'],
  run: ['auditlog collect NAME'],
  save: ['auditlog export -o events.csv'],
  search: ['auditlog list --search TEXT'],
  settings: ['auditlog config list'],
  setup: ['auditlog auth login'],
  sql: ['auditlog query SQL --input DIR'],
  status: ['auditlog auth status', 'auditlog collect status'],
  summary: ['auditlog stats'],
  sync: ['auditlog collect NAME'],
  test: ['auditlog doctor'],
  topics: ['auditlog help topics'],
  update: ['auditlog --version'],
  upgrade: ['auditlog --version'],
  users: ['auditlog stats --by actor'],
  validate: ['auditlog verify FILE'],
  vendors: ['auditlog provider list'],
};

/** Flags of other programs, by ours. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  '--action': ['--event', '--event-type', '--events', '--operation', '--type', '--verb'],
  '--base-url': ['--address', '--api', '--api-url', '--endpoint', '--host', '--server', '--url'],
  '--color': ['--colour', '--colors'],
  '--columns': ['--cols', '--fields', '--select'],
  '--debug': ['--log-level', '--trace', '--verbose', '-v', '-vv'],
  '--follow': ['--watch', '-w', '-F'],
  '--force': ['--overwrite'],
  '--from': ['--after', '--begin', '--date', '--days', '--last', '--start', '--start-date', '--start-time', '--today'],
  '--input': ['--file', '--from-file', '--offline', '-i'],
  '--limit': ['--count', '--head', '--lines', '--max', '--num', '--page-size', '--per-page', '--size', '--tail'],
  '--no-color': ['--no-colour', '--nocolor', '--plain'],
  '--no-input': ['--batch', '--non-interactive', '-y', '--yes'],
  '--org': ['--organisation', '--organization', '--team', '--workspace'],
  '--output': ['--out', '--output-file', '--save', '--write'],
  '--provider': ['--app', '--product', '--service', '--vendor', '-p'],
  '--quiet': ['--silent', '-s'],
  '--rate': ['--rps', '--throttle'],
  '--resource': ['--entity', '--item', '--object'],
  '--reverse': ['--asc', '--ascending', '--desc', '--order', '--order-by', '--oldest', '--sort', '--sort-by', '-r'],
  '--search': ['--contains', '--filter', '--find', '--grep', '--match', '--query', '--text', '-e', '-g'],
  '--to': ['--before', '--end', '--end-date', '--end-time'],
  '--tz': ['--time-zone', '--timezone', '--utc', '--zone'],
  '--user': ['--actor', '--author', '--by', '--email', '--member', '--person', '--username', '--who', '-u'],
};

const MEANT: ReadonlyMap<string, string> = new Map(
  Object.entries(OTHERS).flatMap(([ours, others]) => others.map((one) => [one, ours] as const)),
);

/** Our flag for one of another program. */
export function meantFlag(flag: string): string | undefined {
  return MEANT.get(flag);
}
