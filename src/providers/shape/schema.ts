import type { JsonShape, Key, RecordShape } from './shape.js';

type JsonSchema = Readonly<Record<string, unknown>>;

/** The same shape as JSON Schema (draft 2020-12), for editors that complete and check a file. */
export function schemaOf(shape: JsonShape): JsonSchema {
  switch (shape.is) {
    case 'text':
      return textSchema(shape);
    case 'number':
      return { type: 'integer', minimum: shape.least, maximum: shape.most };
    case 'flag':
      return { type: 'boolean' };
    case 'value':
      return {};
    case 'list':
      return { type: 'array', items: schemaOf(shape.of), ...(shape.least > 0 ? { minItems: shape.least } : {}) };
    case 'map':
      return {
        type: 'object',
        additionalProperties: schemaOf(shape.of),
        ...(shape.keys === undefined ? {} : { propertyNames: textSchema(shape.keys) }),
      };
    case 'record':
      return recordSchema(shape);
    case 'variants':
      return { oneOf: Object.entries(shape.ways).map(([name, way]) => recordSchema(way, { [shape.by]: name })) };
    case 'either':
      return { anyOf: shape.ways.map(schemaOf) };
  }
}

function textSchema({ choices, pattern, looks }: Extract<JsonShape, { is: 'text' }>): JsonSchema {
  if (choices !== undefined) return { enum: choices };
  return {
    type: 'string',
    ...(pattern === undefined ? { minLength: 1 } : { pattern: pattern.source }),
    ...(looks === undefined ? {} : { description: looks }),
  };
}

/** `fixed`: keys whose text the variant determines. */
function recordSchema({ keys, oneOf }: RecordShape, fixed: Readonly<Record<string, string>> = {}): JsonSchema {
  const properties = Object.entries(keys).map(([name, key]) => [
    name,
    Object.hasOwn(fixed, name) ? { const: fixed[name], description: key.about } : keySchema(key),
  ]);
  const required = Object.keys(keys).filter((name) => keys[name]!.required);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
    ...(oneOf === undefined ? {} : { oneOf: oneOf.map((name) => ({ required: [name] })) }),
  };
}

function keySchema({ shape, about }: Key): JsonSchema {
  return { ...schemaOf(shape), description: about };
}
