import type { ChosenPerson } from '../../providers/event/choose.js';
import type { ChosenResource, EventNodes } from '../../providers/event/nodes.js';
import type { FieldNode } from '../../providers/event/values.js';
import type { Column, ColumnName } from '../../view.js';

const LOWER_N = 0x6e;

const ACTOR: ReadonlySet<Column['field']> = new Set(['actor.id', 'actor.name', 'actor.email']);
const TARGET: ReadonlySet<Column['field']> = new Set(['target.id', 'target.email']);
const RESOURCE: ReadonlySet<Column['field']> = new Set(['resource.type', 'resource.id', 'resource.name']);

/** The node of a column's value, or the value itself. */
type FindValue = (raw: Buffer, column: number) => FieldNode | string;

/** Finds the values of columns in outlined entries. */
export class CsvValues {
  readonly #nodes: EventNodes;
  /** By column. */
  readonly #finders: readonly FindValue[];
  readonly #pathNodes: readonly (readonly number[])[];
  readonly #hasActor: boolean;
  readonly #hasTarget: boolean;
  readonly #hasResource: boolean;
  // For the entry chosen last.
  #action = '';
  #actor: ChosenPerson<number> | undefined;
  #target: ChosenPerson<number> | undefined;
  #resource: ChosenResource | undefined;

  constructor(columns: readonly Column[], nodes: EventNodes) {
    this.#nodes = nodes;
    this.#pathNodes = columns.map((column) => column.places.map(nodes.outline.nodeAt));
    const finders = this.#findersByField();
    this.#finders = columns.map(({ field }) => finders[field ?? 'id']);
    this.#hasActor = columns.some(({ field }) => ACTOR.has(field));
    this.#hasTarget = columns.some(({ field }) => TARGET.has(field));
    this.#hasResource = columns.some(({ field }) => RESOURCE.has(field));
  }

  /** Starts an entry that was just outlined. */
  choose(raw: Buffer): void {
    const nodes = this.#nodes;
    this.#action = nodes.action(raw);
    if (this.#hasActor) this.#actor = nodes.actor(raw, this.#action);
    if (this.#hasTarget) this.#target = nodes.target(raw, this.#action);
    if (this.#hasResource) this.#resource = nodes.resource(raw, this.#action);
  }

  find(raw: Buffer, column: number): FieldNode | string {
    return this.#finders[column]!(raw, column);
  }

  #findersByField(): Readonly<Record<ColumnName, FindValue>> {
    const nodes = this.#nodes;
    const { start } = nodes.outline;
    const firstOf: FindValue = (raw, column) => {
      for (const node of this.#pathNodes[column]!) if (start[node]! >= 0 && raw[start[node]!] !== LOWER_N) return node;
      return undefined;
    };
    return {
      id: firstOf,
      time: nodes.time,
      action: (raw) => nodes.actionAt(raw) ?? this.#action,
      'actor.id': () => this.#actor?.id,
      'actor.name': () => this.#actor?.name,
      'actor.email': () => this.#actor?.email,
      'target.id': () => this.#target?.id,
      'target.email': () => this.#target?.email,
      'resource.type': () => this.#resource?.type,
      'resource.id': () => this.#resource?.id,
      'resource.name': () => this.#resource?.name,
      source: nodes.source,
      ip: nodes.ip,
      country: nodes.country,
      user_agent: nodes.userAgent,
      'org.id': nodes.orgId,
      'org.name': nodes.orgName,
      metadata: firstOf,
      extra: () => undefined,
      log: () => undefined,
    };
  }
}
