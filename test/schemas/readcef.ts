/** A CEF message, taken apart as its standard says and no other way. */
export interface CefMessage {
  /** Version, vendor, product, version of the product, id of the kind of event, name, severity. */
  readonly header: readonly string[];
  readonly fields: ReadonlyMap<string, string>;
}

/** Throws for whatever a strict reader would not take. */
export function readCef(line: string): CefMessage {
  if (/[\r\n]/.test(line)) throw new Error('a message is one line');
  const header: string[] = [];
  let part = '';
  let at = 0;
  for (; header.length < 7; at += 1) {
    const character = line[at];
    if (character === undefined) throw new Error('the header has no end');
    if (character === '|') {
      header.push(part);
      part = '';
    } else if (character === '\\') {
      at += 1;
      if (line[at] !== '\\' && line[at] !== '|') throw new Error(`\\${line[at]} is no escape of the header`);
      part += line[at];
    } else part += character;
  }
  if (!/^CEF:\d$/.test(header[0]!)) throw new Error(`${header[0]} is not CEF`);
  if (!/^(?:10|[0-9])$/.test(header[6]!)) throw new Error(`${header[6]} is no severity`);
  return { header, fields: readExtension(line.slice(at)) };
}

/** An equals sign that is not escaped stands behind a key, and a space before that. */
function readExtension(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const keys = [...text.matchAll(/(?:^| )([A-Za-z0-9]+)=/g)].filter(({ index }) => !isEscaped(text, index));
  for (const [n, { 0: whole, 1: key, index }] of keys.entries()) {
    const end = keys[n + 1]?.index ?? text.length;
    if (fields.has(key!)) throw new Error(`${key} is there twice`);
    fields.set(key!, unescaped(text.slice(index + whole.length, end)));
  }
  if (text !== '' && keys[0]?.index !== 0) throw new Error('the extension does not begin with a key');
  return fields;
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text[before] === '\\') before -= 1;
  return (at - 1 - before) % 2 === 1;
}

function unescaped(text: string): string {
  const bare = text.replace(/\\[\\=nr]/g, '');
  if (/[\\=]/.test(bare)) throw new Error(`${text} has a character that is not escaped`);
  return text.replace(/\\([\\=nr])/g, (_, character: string) => ({ n: '\n', r: '\r' })[character] ?? character);
}
