import { changesOf } from '../../diff/read.js';
import { summary } from '../../diff/show.js';
import type { AuditEvent, Person, Resource } from '../../event.js';
import { actionWord } from '../../providers/actions.js';
import type { ColumnView, Provider } from '../../providers/provider.js';
import { visible } from '../../terminal/lookalike.js';
import type { Sizes } from './draw.js';
import { type TimeLook, timeText } from './when.js';

export interface TableContext extends TimeLook {
  readonly provider: Provider;
}

/** The two parts of a cell: the second is dropped first if there is little room. Not yet safe. */
export interface Parts {
  readonly main: string;
  readonly beside?: string;
  /** Distinguishes people of the same name. Absent: the cell is not a person. */
  readonly who?: string;
}

/** The meaning of the second part of a column's cells. */
export type SecondPart = 'zone' | 'email' | 'type' | 'ip';

/**
 * `time` and `id` are never cut or dropped; `whole` is dropped rather than cut; `change` is wrapped; `source` and `location` are dropped before
 * anything is cut.
 */
export type ColumnRole = 'time' | 'id' | 'whole' | 'change' | 'source' | 'location';

export interface View {
  readonly sizes: Sizes;
  /** Whether its colour shows the kind of the action. */
  readonly coloured?: boolean;
  readonly role?: ColumnRole;
  readonly beside?: SecondPart;
  readonly read: (event: AuditEvent, look: TableContext) => Parts;
}

export const VIEWS: Readonly<Record<ColumnView, View>> = {
  time: {
    sizes: { comfortable: 12, tight: 12, least: 12 },
    role: 'time',
    beside: 'zone',
    read: (event, look) => ({ main: timeText(event, look) }),
  },
  actor: {
    sizes: { comfortable: 24, tight: 16, least: 10 },
    beside: 'email',
    read: ({ actor }) => (actor === undefined ? { main: 'System', who: '' } : personParts(actor, '(unknown)')),
  },
  event: {
    sizes: { comfortable: 24, tight: 20, least: 12 },
    coloured: true,
    read: ({ action }, { provider }) => ({ main: actionWord(provider, action).label }),
  },
  category: {
    sizes: { comfortable: 16, tight: 12, least: 6 },
    read: ({ action }, { provider }) => ({ main: actionWord(provider, action).category }),
  },
  resource: {
    sizes: { comfortable: 24, tight: 16, least: 10 },
    beside: 'type',
    read: ({ resource }) => resourceParts(resource),
  },
  target: {
    sizes: { comfortable: 24, tight: 14, least: 8 },
    beside: 'email',
    read: ({ target }) => (target === undefined ? { main: '' } : personParts(target, '')),
  },
  source: {
    sizes: { comfortable: 6, tight: 6, least: 4 },
    role: 'source',
    read: ({ source }) => ({ main: source ?? '' }),
  },
  location: {
    sizes: { comfortable: 14, tight: 8, least: 4 },
    role: 'location',
    beside: 'ip',
    read: ({ country, ip }) => (country === undefined ? { main: ip ?? '' } : { main: country, ...besides(ip) }),
  },
  details: {
    sizes: { comfortable: 40, tight: 24, least: 12 },
    read: (event) => {
      const whom = event.target?.email ?? event.target?.name ?? event.target?.id ?? '';
      const texts = [whom, wholeText(resourceParts(event.resource)), summary(changesOf(event))];
      return { main: texts.filter((part) => part !== '').join('; ') };
    },
  },
};

/** Both parts of a cell. */
export function wholeText({ main, beside }: Parts): string {
  return beside === undefined ? main : `${main} ${beside}`;
}

/** The org that an entry names, or the requested one. */
export function orgText({ org }: AuditEvent, asked: string): string {
  return org?.name ?? org?.id ?? asked;
}

function personParts({ name: written, email, id }: Person, unknown: string): Parts {
  const name = visible(written);
  const key = email ?? id;
  const who = key === undefined ? '' : `<${key}>`;
  if (name === undefined) return { main: email ?? id ?? unknown };
  return { main: name, who, ...besides(email === undefined ? undefined : who) };
}

function resourceParts(resource: Resource | undefined): Parts {
  const what = resource?.name ?? resource?.id;
  if (resource?.type === undefined) return { main: what ?? '' };
  return what === undefined ? { main: resource.type } : { main: what, beside: `(${resource.type})` };
}

function besides(beside: string | undefined): Pick<Parts, 'beside'> {
  return beside === undefined ? {} : { beside };
}
