import { Outline } from '../../json/outline.js';
import type { ActionField, FieldPath, PersonField, Provider, ResourceField } from '../provider.js';
import { isCoded, isJoined, pathList, wordOf } from '../value.js';
import { choosePerson, chooseResource, isFor, type PersonWay } from './choose.js';
import { listOf, typeOf } from './normalize.js';
import { type FieldNode, type NodeValues, openNodeValues, type PathNodes } from './values.js';

export type EventNodes = ReturnType<typeof openEventNodes>;

export interface ChosenResource {
  /** A node, or the type itself if the entry does not name it. */
  readonly type: number | string | undefined;
  readonly id: FieldNode;
  readonly name: FieldNode;
}

/**
 * Opens a finder for the nodes of an entry's text that hold what `toEvent` would read. The results belong to the entry that the outline read last.
 * The outline also finds the paths in `more`.
 */
export function openEventNodes(provider: Provider, more: Iterable<string> = []) {
  const { fields } = provider;
  const outline = new Outline([...pathsOf(provider), ...more]);
  const values = openNodeValues(outline);
  const { firstOf, nodesOf, scalar, text } = values;
  const all = allFields(fields, nodesOf);
  const fieldsOf = openFieldsOf(all);
  const last = all.resource.at(-1);
  const joined = isJoined(fields.action) ? fields.action.join.map(firstOf) : undefined;
  const { action } = fields;
  const codeOf = isCoded(action) ? firstOf(action.path) : undefined;
  const actionAt = firstOf(isJoined(action) || isCoded(action) ? undefined : action);
  const textOf = (raw: Buffer, node: FieldNode): string | undefined =>
    node === undefined ? undefined : text(raw, node);
  const orgId = nodesOf(fields.org?.id);
  const orgName = nodesOf(fields.org?.name);
  return {
    outline,
    time: firstOf(fields.time),
    /** Undefined for an action that is joined from several fields, or written as a code. */
    actionAt,
    action: (raw: Buffer) => {
      if (codeOf !== undefined) return wordOf(action as ActionField, textOf(raw, codeOf(raw)));
      if (joined === undefined) return textOf(raw, actionAt(raw)) ?? '';
      const words = joined.map((word) => textOf(raw, word(raw))).filter((word) => word !== undefined);
      return words.join('.').toLowerCase();
    },
    actor: (raw: Buffer, action: string) => choosePerson(fieldsOf(action).actor, raw, values),
    target: (raw: Buffer, action: string) => choosePerson(fieldsOf(action).target, raw, values),
    resource: (raw: Buffer, action: string): ChosenResource | undefined => {
      const { resource, type: usual } = fieldsOf(action);
      const found = chooseResource(resource, last, raw, values);
      if (found === undefined) return undefined;
      const { type } = found.way;
      return { type: typeof type === 'object' ? scalar(raw, type) : (type ?? usual), id: found.id, name: found.name };
    },
    source: firstOf(fields.source),
    ip: firstOf(fields.ip),
    country: firstOf(fields.country),
    userAgent: firstOf(fields.userAgent),
    orgId: (raw: Buffer) => scalar(raw, orgId),
    orgName: (raw: Buffer) => scalar(raw, orgName),
    text,
  };
}

type PersonNodes = PersonWay<PathNodes> & Pick<PersonField, 'actions'>;
interface ResourceNodes extends Pick<ResourceField, 'actions'> {
  readonly type: string | PathNodes | undefined;
  readonly id: PathNodes;
  readonly name: PathNodes;
}

interface FieldNodes {
  readonly actor: readonly PersonNodes[];
  readonly target: readonly PersonNodes[];
  readonly resource: readonly ResourceNodes[];
}

function allFields({ actor, target, resource }: Provider['fields'], nodesOf: NodeValues['nodesOf']): FieldNodes {
  const person = ({ id, name, email, actions }: PersonField): PersonNodes => ({
    id: nodesOf(id),
    name: nodesOf(name),
    email: nodesOf(email),
    ...(actions && { actions }),
  });
  return {
    actor: listOf(actor).map(person),
    target: listOf(target).map(person),
    resource: (resource ?? []).map(({ type, id, name, actions }) => ({
      type: typeof type === 'object' ? nodesOf(type.path) : type,
      id: nodesOf(id),
      name: nodesOf(name),
      ...(actions && { actions }),
    })),
  };
}

interface ActionNodes extends FieldNodes {
  /** The resource type in the action's name. */
  readonly type: string | undefined;
}

/** A server may send any number of actions: fields of further ones are not cached. */
const KNOWN = 1000;

/** Finds the fields for an action's entries, and caches them. */
function openFieldsOf(all: FieldNodes): (action: string) => ActionNodes {
  const known = new Map<string, ActionNodes>();
  return (action) => {
    const found = known.get(action);
    if (found !== undefined) return found;
    if (known.size === KNOWN) known.clear();
    const fields = {
      actor: all.actor.filter(isFor(action)),
      target: all.target.filter(isFor(action)),
      resource: all.resource.filter(isFor(action)),
      type: typeOf(action),
    };
    known.set(action, fields);
    return fields;
  };
}

function pathsOf({ fields }: Provider): readonly string[] {
  const { action, source, ip, country, userAgent, org } = fields;
  const people = [...listOf(fields.actor), ...listOf(fields.target)];
  const all: readonly (FieldPath | undefined)[] = [
    fields.time,
    isJoined(action) ? action.join : isCoded(action) ? action.path : action,
    ...people.flatMap(({ id, name, email }) => [id, name, email]),
    ...(fields.resource ?? []).flatMap(({ type, id, name }) => [
      typeof type === 'object' ? type.path : undefined,
      id,
      name,
    ]),
    ...[source, ip, country, userAgent, org?.id, org?.name],
  ];
  return all.flatMap(pathList);
}
