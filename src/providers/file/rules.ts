import { suggest } from '../../suggest.js';
import { signingHeader } from '../auth.js';
import { matchesAny } from '../glob.js';
import { forLog } from '../logs.js';
import { namesOrg } from '../org.js';
import { COLUMN_VIEWS, type Provider, type WireFilter } from '../provider.js';
import { below, type Problem } from '../shape/check.js';
import { isJoined, isPath, pathList } from '../value.js';
import { addressProblems, checkAccess } from './access.js';
import { checkAsking } from './asking.js';

/** Checks a vendor's data beyond its shape: parts that contradict one another, or could leak the key. */
export function checkRules(provider: Provider): readonly Problem[] {
  const found = checkOne(provider);
  const logs = Object.keys(provider.logs ?? {}).flatMap((name) => checkLog(provider, name));
  return [...found, ...logs.filter((one) => !found.some((other) => isSame(one, other)))];
}

function checkOne(provider: Provider): readonly Problem[] {
  return [
    ...Object.values(RULES).flatMap((rule) => rule(provider)),
    ...checkAccess(provider),
    ...checkAsking(provider),
  ];
}

/** The faults of one log on its own. */
function checkLog(provider: Provider, name: string): readonly Problem[] {
  const log = provider.logs![name]!;
  return checkOne(forLog(provider, name)).map(({ path, message }) => {
    const key = /^\$\.([A-Za-z]+)/.exec(path)?.[1] ?? '';
    return { path: Object.hasOwn(log, key) ? below('$.logs', name) + path.slice(1) : path, message };
  });
}

function isSame(one: Problem, other: Problem): boolean {
  return one.path === other.path && one.message === other.message;
}

function problem(path: string, message: string): readonly Problem[] {
  return [{ path, message }];
}

/** Headers of the transport, and headers that could carry another key. */
const OURS = new Set([
  'accept-encoding',
  'authorization',
  'connection',
  'content-length',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const RULES: Readonly<Record<string, (provider: Provider) => readonly Problem[]>> = {
  base: ({ base }) => {
    if (base === undefined) return [];
    const wrong = addressProblems('$.base', base);
    if (wrong.length > 0) return wrong;
    return base.endsWith('/') ? problem('$.base', 'it ends with a slash') : [];
  },
  path: (provider) => {
    const { path, defaultOrg, logs } = provider;
    const bare = path === '' ? Object.entries(logs ?? { '': { path: undefined } }).filter(([, log]) => !log.path) : [];
    if (bare.length > 0) {
      const where = logs === undefined ? '$.path' : below(below('$.logs', bare[0]![0]), 'path');
      return problem(where, 'missing: a path such as /v1/orgs/{org}/audit-logs');
    }
    const foreign = /\$\{[^}]*\}|\/:[A-Za-z_]\w*|<[A-Za-z_]\w*>/.exec(path)?.[0].replace(/^\//, '');
    if (foreign !== undefined)
      return problem('$.path', `${foreign} would be sent as it is: write {org}, or {name} of a variable`);
    if (logs !== undefined && Object.keys(logs).length === 0) return problem('$.logs', 'it names no log: leave it out');
    for (const [at, one] of pathsOf(provider))
      if (one.split('/').some((step) => step === '.' || step === '..')) return problem(at, 'it has . or .. in it');
    if (defaultOrg === undefined || namesOrg(provider)) return [];
    return problem('$.defaultOrg', 'neither the path nor $.fixed nor $.body has an {org} that it could replace');
  },
  auth: ({ auth }) => {
    const name = signingHeader(auth);
    return OURS.has(name) && name !== 'authorization' ? problem('$.auth.header', `${name} cannot carry a key`) : [];
  },
  headers: ({ headers, auth }) => {
    return Object.keys(headers ?? {}).flatMap((name) => {
      const at = below('$.headers', name);
      if (name.toLowerCase() === signingHeader(auth)) return problem(at, 'this header carries the key');
      return OURS.has(name.toLowerCase()) ? problem(at, 'this header is not for a file to set') : [];
    });
  },
  filters: ({ filters, fields }) => {
    const known = Object.keys(filters) as WireFilter[];
    const missing = known.filter((filter) => fields[FIELD_OF[filter]] === undefined);
    const blind = missing.map((filter) => ({
      path: `$.filters.${filter}`,
      message: `entries must show what was filtered: missing $.fields.${FIELD_OF[filter]}`,
    }));
    const joined = typeof fields.action === 'object' && 'join' in fields.action && filters.action !== undefined;
    const joint = 'a joined action is not what the server can be asked for: leave it out, actions are filtered here';
    return [...blind, ...(joined ? problem('$.filters.action', joint) : [])];
  },
  answer: ({ items, total, paging }) => {
    if (items !== '') return [];
    const { sizeIn } = paging;
    const beside: readonly (readonly [path: string, isThere: boolean])[] = [
      ['$.total.path', total !== undefined && 'path' in total],
      ['$.paging.next', 'next' in paging && typeof paging.next === 'string'],
      ['$.paging.hasMore', paging.hasMore !== undefined],
      ['$.paging.isLast', paging.isLast !== undefined],
      ['$.paging.sizeIn.path', sizeIn !== undefined && 'path' in sizeIn],
    ];
    const message = 'nothing can stand beside the entries where the answer is the list: see $.items';
    return beside.flatMap(([path, isThere]) => (isThere ? problem(path, message) : []));
  },
  people: ({ fields }) => {
    const places = [fields.actor].flat();
    const told = places.some(({ id, name, email }) => [id, name, email].flatMap(pathList).length > 0);
    return told ? [] : problem('$.fields.actor', 'one of id, name, email must be there');
  },
  action: ({ fields: { action } }) => {
    if (!isJoined(action) || !('words' in action || 'otherwise' in action)) return [];
    return problem('$.fields.action', 'words and otherwise need a path: a joined action has its own words');
  },
  changes: ({ fields }) => {
    return (fields.changes ?? []).flatMap((way, index) => {
      const at = `$.fields.changes[${index}]`;
      if ('list' in way && 'map' in way) return problem(at, 'either list or map, not both');
      if ('list' in way)
        return way.name === undefined ? problem(`${at}.name`, 'a list needs the place of the name') : [];
      if (!('map' in way))
        return way.old === undefined && way.new === undefined ? problem(at, 'list, map, old or new must be there') : [];
      const bad = (['old', 'new'] as const).filter((side) => typeof way[side] !== 'string');
      return bad.flatMap((side) => problem(`${at}.${side}`, 'a map needs one path here, such as 0 or from'));
    });
  },
  complete: ({ actions, actionsComplete }) => {
    if (!actionsComplete || Object.keys(actions).length > 0) return [];
    return problem('$.actionsComplete', 'there are no $.actions that could be all');
  },
  access: ({ access, fields, actions, actionsComplete }) => {
    return (access?.rules ?? []).flatMap(({ does, person = 'target', role, actions: globs }, index) => {
      const at = `$.access.rules[${index}]`;
      const unknown = globs.find((glob) => !Object.keys(actions).some((name) => matchesAny([glob], name)));
      return [
        ...(person === 'target' && does !== 'unclear' && fields.target === undefined
          ? problem(`${at}.person`, 'missing: $.fields.target does not say whom an event was done to')
          : []),
        ...(role !== undefined && ['revoke', 'uninvite', 'unclear'].includes(does)
          ? problem(`${at}.role`, `no role is left after ${does}: say oldRole`)
          : []),
        ...(unknown === undefined || !actionsComplete
          ? []
          : problem(`${at}.actions`, `${JSON.stringify(unknown)} matches none of $.actions`)),
      ];
    });
  },
  rate: ({ rate }) => {
    if (rate.limit === undefined || rate.default <= rate.limit) return [];
    return problem('$.rate.default', `it is more than the limit, ${rate.limit}`);
  },
  columns: ({ columns }) => {
    return (columns ?? []).flatMap(({ shows }, index) => {
      const at = `$.columns[${index}].shows`;
      if (shows.startsWith('.')) {
        return !isPath(shows.slice(1)) ? problem(at, `${JSON.stringify(shows)} is not a path`) : [];
      }
      if (COLUMN_VIEWS.some((view) => view === shows)) return [];
      const near = suggest(shows, COLUMN_VIEWS);
      const meant = near === undefined ? '' : `: did you mean ${near}?`;
      const ways = `${COLUMN_VIEWS.join(', ')}, nor a path with a dot in front`;
      return problem(at, `${JSON.stringify(shows)} is not one of ${ways}${meant}`);
    });
  },
};

function pathsOf({ path, paging }: Provider): readonly (readonly [at: string, path: string])[] {
  const further = 'path' in paging && paging.path !== undefined ? [['$.paging.path', paging.path] as const] : [];
  return [['$.path', path], ...further];
}

/** The field that shows whether the server has filtered. */
const FIELD_OF = {
  action: 'action',
  user: 'actor',
  target: 'target',
  resourceType: 'resource',
  assistant: 'assistant',
  workflow: 'workflow',
  connection: 'connection',
  account: 'account',
  tenant: 'tenant',
} as const satisfies Readonly<Record<WireFilter, keyof Provider['fields']>>;
