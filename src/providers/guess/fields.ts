import { isObject } from '../../json/is.js';
import { areTexts, byName, depthOf, type EntryLeaf, isScalar } from './leaves.js';

/** A guessed part of a file, and its path. */
export interface GuessNote {
  readonly key: string;
  readonly text: string;
  readonly certainty: 'sure' | 'likely' | 'unsure';
}

export interface GuessedFields {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly notes: readonly GuessNote[];
}

const IDS =
  'id uuid eventid uid gid logid auditid auditlogid sid documentid entryid insertid recordid uniqueid uniquequalifier iduniquequalifier eventuuid identifier activityid sysid requestid'.split(
    ' ',
  );
const ACTIONS =
  'action eventtype actiontype event eventname eventsname activity activitytype operation operationname activitydisplayname type verb actionname actionevent method code actiontypename summary description message title name'.split(
    ' ',
  );
const ACTORS =
  'actor performedby initiatedby initiator author user principal triggeredby createdby by operator who admin member requestor requester caller changedby executor usr account'.split(
    ' ',
  );
const TARGETS = 'targetuser affecteduser target recipient targets subject targetresources'.split(' ');
const RESOURCES =
  'resource resources object entity target targets item auditable targetresources asset affectedobject affectedobjects on'.split(
    ' ',
  );
const PERSON_IDS = 'id uuid userid gid accountid sub uid actorid key useruuid memberid'.split(' ');
const PERSON_NAMES = 'name displayname fullname username login nickname realname screenname summary'.split(' ');

/** Guesses the fields of an entry besides its time. */
export function guessFields(leaves: readonly EntryLeaf[], entries: number, time: string): GuessedFields {
  const notes: GuessNote[] = [];
  const fields: Record<string, unknown> = {};
  const take = (key: string, value: unknown, certainty: GuessNote['certainty']): void => {
    if (value === undefined) return;
    fields[key] = value;
    notes.push({ key: `fields.${key}`, text: JSON.stringify(value), certainty });
  };
  const scalars = leaves.filter(({ values, path }) => path !== time && values.every(isScalar));
  const id = idOf(scalars, entries);
  if (id === undefined)
    notes.push({ key: 'fields.id', text: 'no place has another value in each entry: left out', certainty: 'unsure' });
  else take('id', id.path, entries > 1 ? 'sure' : 'likely');
  take('time', time, 'sure');
  const action = actionOf(scalars, id?.path);
  take(
    'action',
    action?.leaf.path ?? { path: 'action', otherwise: 'event' },
    action === undefined ? 'unsure' : action.rank < 6 ? 'sure' : 'likely',
  );
  const actor = personOf(scalars, ACTORS);
  take('actor', actor ?? { id: 'actor.id' }, actor === undefined ? 'unsure' : 'likely');
  const target = personOf(scalars, TARGETS);
  if (target !== undefined && 'email' in target) take('target', target, 'likely');
  const resource = resourceOf(scalars, target !== undefined && 'email' in target);
  if (resource !== undefined) take('resource', [resource], 'likely');
  const ip = scalars.find(({ values, steps }) => values.some(isAddress) && /ip|addr|host/.test(steps.join(' ')));
  take('ip', ip?.path, 'sure');
  const agent = scalars.find(({ steps, values }) => /useragent$|^ua$/.test(steps.at(-1) ?? '') && areTexts(values));
  take('userAgent', agent?.path, 'sure');
  const country = scalars.find(({ values, steps }) => /country/.test(steps.at(-1) ?? '') && areTexts(values));
  take('country', country?.path, 'likely');
  const used = JSON.stringify(fields);
  const [metadata] = byName(
    leaves.filter(({ values }) => values.every(isObject)),
    'metadata details detail context data eventdata changes parameters payload'.split(' '),
  );
  if (metadata !== undefined && !used.includes(`"${metadata.leaf.path}.`))
    take('metadata', metadata.leaf.path, 'likely');
  return { fields, notes };
}

function idOf(leaves: readonly EntryLeaf[], entries: number): EntryLeaf | undefined {
  const whole = leaves.filter(({ values }) => values.length === entries && new Set(values).size === entries);
  return byName(whole, IDS).find(({ leaf }) => depthOf(leaf) === 0 || leaf.path.startsWith('id.'))?.leaf;
}

function actionOf(leaves: readonly EntryLeaf[], id: string | undefined) {
  const fit = leaves.filter(
    ({ path, values }) =>
      path !== id && values.every((value) => typeof value !== 'boolean' && isActionText(String(value))),
  );
  return byName(fit, ACTIONS)[0];
}

function isActionText(text: string): boolean {
  if (text.length === 0 || text.length > 120 || isAddress(text) || /@|^https?:/.test(text)) return false;
  return !/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(text) && !/^\d{4}-\d\d-\d\d/.test(text);
}

/** The paths of a person: below an object with that name, or in keys with that prefix, such as `actor_email`. */
function personOf(leaves: readonly EntryLeaf[], parents: readonly string[]): Record<string, string> | undefined {
  for (const parent of parents) {
    const around = ['', 's', 'details', 'info', 'data'].map((ending) => `${parent}${ending}`);
    const inside = leaves.filter(({ steps }) => steps.slice(0, -1).some((step) => around.includes(step)));
    const beside = leaves.filter(({ steps }) => steps.at(-1)?.startsWith(parent) === true);
    const rest = ({ steps }: EntryLeaf) => steps.at(-1)!.slice(parent.length);
    const email = [...inside, ...beside].find(({ values }) =>
      values.every((value) => /^[^\s@]+@[^\s@]+$/.test(String(value))),
    );
    const pick = (names: readonly string[]) =>
      byName(inside, names)[0]?.leaf ?? beside.find((leaf) => names.includes(rest(leaf)));
    const id = pick(PERSON_IDS);
    const whole = beside.find((leaf) => rest(leaf) === '' && leaf.steps.length < 3);
    const name = pick(PERSON_NAMES) ?? (whole !== email ? whole : undefined);
    const found = {
      ...(id === undefined ? {} : { id: id.path }),
      ...(name === undefined || name === email ? {} : { name: name.path }),
      ...(email === undefined ? {} : { email: email.path }),
    };
    if (Object.keys(found).length > 0) return found;
  }
  return undefined;
}

function resourceOf(leaves: readonly EntryLeaf[], isTargetAPerson: boolean): Record<string, unknown> | undefined {
  for (const parent of RESOURCES) {
    if (isTargetAPerson && TARGETS.includes(parent)) continue;
    const inside = leaves.filter(({ steps }) => steps.at(-2) === parent);
    const beside = leaves.filter(({ steps }) => steps.at(-1)?.startsWith(parent) === true);
    const pick = (...names: string[]) =>
      byName(inside, names)[0]?.leaf ?? beside.find(({ steps }) => names.includes(steps.at(-1)!.slice(parent.length)));
    const [type, id, name] = [
      pick('type', 'resourcetype', 'kind', 'class'),
      pick('id', 'uuid', 'gid', 'key', 'uid'),
      pick('name', 'displayname', 'title', 'label'),
    ];
    if (id === undefined && name === undefined) continue;
    return {
      ...(type === undefined ? {} : { type: { path: type.path } }),
      ...(id === undefined ? {} : { id: id.path }),
      ...(name === undefined ? {} : { name: name.path }),
    };
  }
  return undefined;
}

function isAddress(value: unknown): boolean {
  const text = String(value);
  return (
    /^(?:\d{1,3}\.){3}\d{1,3}$/.test(text) || (/^[0-9a-f:]{3,39}$/i.test(text) && (text.match(/:/g)?.length ?? 0) > 1)
  );
}
