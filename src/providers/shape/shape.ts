/** The shape of a JSON value, as data: the check of a file and the JSON Schema for editors are both made from it. */
export type JsonShape =
  | {
      readonly is: 'text';
      /** One of these. */
      readonly choices?: readonly string[];
      /** For the whole text; `looks` describes it for messages. */
      readonly pattern?: RegExp;
      readonly looks?: string;
    }
  | { readonly is: 'number'; readonly least: number; readonly most: number }
  | { readonly is: 'flag' }
  /** Anything. */
  | { readonly is: 'value' }
  | { readonly is: 'list'; readonly of: JsonShape; readonly least: number }
  /** An object with keys of the file's own choice. */
  | { readonly is: 'map'; readonly of: JsonShape; readonly keys?: TextShape }
  | RecordShape
  /** Records that differ by the text at one key; `usual` if it is absent. */
  | {
      readonly is: 'variants';
      readonly by: string;
      readonly ways: Readonly<Record<string, RecordShape>>;
      readonly usual?: string;
    }
  /** The shape for the type of the JSON value: at most one text, one list and one record or variants. */
  | { readonly is: 'either'; readonly ways: readonly JsonShape[] };

export type TextShape = Extract<JsonShape, { readonly is: 'text' }>;

/** An object with known keys. */
export interface RecordShape {
  readonly is: 'record';
  readonly keys: Readonly<Record<string, Key>>;
  /** Exactly one of these keys is required. */
  readonly oneOf?: readonly string[];
}

export interface Key {
  readonly shape: JsonShape;
  readonly required: boolean;
  /** Its meaning, for editors and the documentation. */
  readonly about: string;
}

export function text(looks?: string, pattern?: RegExp): TextShape {
  return { is: 'text', ...(looks === undefined ? {} : { looks }), ...(pattern === undefined ? {} : { pattern }) };
}

export function choice(...choices: readonly string[]): TextShape {
  return { is: 'text', choices };
}

export function whole(least: number, most: number): JsonShape {
  return { is: 'number', least, most };
}

export function list(of: JsonShape, least = 1): JsonShape {
  return { is: 'list', of, least };
}

export function map(of: JsonShape, keys?: TextShape): JsonShape {
  return keys === undefined ? { is: 'map', of } : { is: 'map', of, keys };
}

export function record(keys: RecordShape['keys'], oneOf?: readonly string[]): RecordShape {
  return oneOf === undefined ? { is: 'record', keys } : { is: 'record', keys, oneOf };
}

export function variants(by: string, ways: Readonly<Record<string, RecordShape>>, usual?: string): JsonShape {
  return usual === undefined ? { is: 'variants', by, ways } : { is: 'variants', by, ways, usual };
}

export function either(...ways: readonly JsonShape[]): JsonShape {
  return { is: 'either', ways };
}

export const FLAG: JsonShape = { is: 'flag' };
export const VALUE: JsonShape = { is: 'value' };

export function must(shape: JsonShape, about: string): Key {
  return { shape, required: true, about };
}

export function may(shape: JsonShape, about: string): Key {
  return { shape, required: false, about };
}
