import type { PersonField, Provider } from '../providers/provider.js';
import { pathList } from '../providers/value.js';
import type { ColumnName } from './columns.js';

/** Where in a vendor's entry the value of each column may stand, the likeliest place first. A column that is put together from several values has no place. */
export function placesOf(provider: Provider): ReadonlyMap<ColumnName, readonly string[]> {
  const { fields } = provider;
  const action = typeof fields.action === 'object' && 'join' in fields.action ? undefined : fields.action;
  const resources = fields.resource ?? [];
  const told = resources.map(({ type }) => (typeof type === 'object' ? type.path : undefined));
  const found: readonly [ColumnName, readonly Parameters<typeof pathList>[0][]][] = [
    ['id', [fields.id]],
    ['time', [fields.time]],
    ['action', [action]],
    ['actor.id', people(fields.actor).map(({ id }) => id)],
    ['actor.name', people(fields.actor).map(({ name }) => name)],
    ['actor.email', people(fields.actor).map(({ email }) => email)],
    ['target.id', people(fields.target).map(({ id }) => id)],
    ['target.email', people(fields.target).map(({ email }) => email)],
    ['resource.type', told],
    ['resource.id', resources.map(({ id }) => id)],
    ['resource.name', resources.map(({ name }) => name)],
    ['source', [fields.source]],
    ['ip', [fields.ip]],
    ['country', [fields.country]],
    ['user_agent', [fields.userAgent]],
    ['org.id', [fields.org?.id]],
    ['org.name', [fields.org?.name]],
    ['metadata', [fields.metadata]],
  ];
  return new Map(found.map(([column, paths]) => [column, [...new Set(paths.flatMap(pathList))]]));
}

function people(field: PersonField | readonly PersonField[] | undefined): readonly PersonField[] {
  if (field === undefined) return [];
  return Array.isArray(field) ? field : [field as PersonField];
}
