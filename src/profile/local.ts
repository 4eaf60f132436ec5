import { readFile, realpath } from 'node:fs/promises';
import type { Context } from '../context.js';

/** The zone of this machine, and what is uncertain about it. */
interface LocalZone {
  readonly name: string;
  readonly warning?: string;
}

/**
 * The name of a zone for `openZone`. Replaces `local` by the environment's zone: `TZ` in any form that hosts use, else the system's own. Calls `warn`
 * for an invalid `TZ`.
 */
export async function settledZone({ env }: Pick<Context, 'env'>, zone: string, warn: (text: string) => void) {
  if (zone !== 'local') return zone;
  const { name, warning } = await localZone(env.TZ);
  if (warning !== undefined) warn(`warning: ${warning}`);
  return name;
}

async function localZone(tz: string | undefined): Promise<LocalZone> {
  if (tz === undefined) {
    const own = known(new Intl.DateTimeFormat().resolvedOptions().timeZone);
    return own ?? unknown('the zone of this machine');
  }
  const text = tz.trim().replace(/^:/, '');
  // Empty is UTC in POSIX.
  if (text === '') return { name: 'UTC' };
  const found = text.startsWith('/') ? await zoneOfFile(text) : (known(text) ?? posixZone(text));
  return found ?? unknown(`TZ=${tz}`);
}

function unknown(what: string): LocalZone {
  return {
    name: 'UTC',
    warning: `${what} is not a time zone that is known here: using UTC. To name it: --tz Europe/Oslo`,
  };
}

function known(name: string | undefined): LocalZone | undefined {
  if (name === undefined || name === 'Etc/Unknown' || !/^[A-Za-z]/.test(name)) return undefined;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return { name };
  } catch {
    return undefined;
  }
}

/** A zone data file, identified by its path, or else by the rule in its last line. */
async function zoneOfFile(path: string): Promise<LocalZone | undefined> {
  for (const place of [await realpath(path).catch(() => path), path]) {
    const found = known(/\/zoneinfo(?:\.default)?\/(?:posix\/|right\/)?(.+)$/.exec(place)?.[1]);
    if (found !== undefined) return found;
  }
  const data = await readFile(path, 'latin1').catch(() => '');
  if (!data.startsWith('TZif')) return undefined;
  return posixZone(data.trimEnd().split('\n').at(-1) ?? '');
}

/** Rules of POSIX as zone data has them, and the zones that follow them. */
const RULES: Readonly<Record<string, string>> = {
  'WET0WEST,M3.5.0/1,M10.5.0': 'WET',
  'GMT0BST,M3.5.0/1,M10.5.0': 'Europe/London',
  'CET-1CEST,M3.5.0,M10.5.0/3': 'CET',
  'MET-1MEST,M3.5.0,M10.5.0/3': 'MET',
  'EET-2EEST,M3.5.0/3,M10.5.0/4': 'EET',
  'NST3:30NDT,M3.2.0,M11.1.0': 'America/St_Johns',
  'AST4ADT,M3.2.0,M11.1.0': 'America/Halifax',
  'EST5EDT,M3.2.0,M11.1.0': 'America/New_York',
  'CST6CDT,M3.2.0,M11.1.0': 'America/Chicago',
  'MST7MDT,M3.2.0,M11.1.0': 'America/Denver',
  'PST8PDT,M3.2.0,M11.1.0': 'America/Los_Angeles',
  'AKST9AKDT,M3.2.0,M11.1.0': 'America/Anchorage',
  'HST10HDT,M3.2.0,M11.1.0': 'America/Adak',
  'IST-2IDT,M3.4.4/26,M10.5.0': 'Asia/Jerusalem',
  'ACST-9:30ACDT,M10.1.0,M4.1.0/3': 'Australia/Adelaide',
  'AEST-10AEDT,M10.1.0,M4.1.0/3': 'Australia/Sydney',
  'NZST-12NZDT,M9.5.0,M4.1.0/3': 'Pacific/Auckland',
};

/** Zones without summer time whose offset has minutes, by offset. */
const WITH_MINUTES: Readonly<Record<string, string>> = {
  '-3:30': 'Asia/Tehran',
  '-4:30': 'Asia/Kabul',
  '-5:30': 'Asia/Kolkata',
  '-5:45': 'Asia/Kathmandu',
  '-6:30': 'Asia/Yangon',
  '-8:45': 'Australia/Eucla',
  '-9:30': 'Australia/Darwin',
  '9:30': 'Pacific/Marquesas',
};

/** The zone for a POSIX rule, such as `CET-1CEST,M3.5.0,M10.5.0/3` or `JST-9`. Its offsets count westwards, as in the names of Etc. */
function posixZone(text: string): LocalZone | undefined {
  const rule = text.replace(/(?<=,M[\d.]+)\/0?2(?::00){0,2}(?=,|$)/g, '');
  const named = Object.entries(RULES).find(
    ([one]) => one === rule || (!rule.includes(',') && one.startsWith(`${rule},`)),
  );
  if (named !== undefined) {
    const [whole, name] = named;
    if (whole === rule) return { name };
    return { name, warning: `TZ=${text} does not say when summer time begins: taken as ${name}` };
  }
  const [, sign = '', hours, minutes = '00'] =
    /^(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)([+-]?)(\d{1,2})(?::?([0-5]\d))?(?::00)?$/.exec(rule) ?? [];
  if (hours === undefined) return undefined;
  const west = sign === '-' ? -Number(hours) : Number(hours);
  if (minutes !== '00') return known(WITH_MINUTES[`${west}:${minutes}`]);
  return west === 0 ? { name: 'UTC' } : known(`Etc/GMT${west > 0 ? '+' : '-'}${Math.abs(west)}`);
}
