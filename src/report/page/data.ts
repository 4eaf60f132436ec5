import type { PageRow } from './row.js';

/** The bytes inside an element of the page: base64 between a first and a last line, compressed. */
async function bytesOf(id: string): Promise<Uint8Array<ArrayBuffer>> {
  const text = document.getElementById(id)?.textContent ?? '';
  const start = text.indexOf('\n', text.indexOf('BEGIN ')) + 1;
  const end = text.lastIndexOf('END ');
  const binary = atob(text.slice(start, end));
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function readRows(): Promise<readonly PageRow[]> {
  const text = new TextDecoder().decode(await bytesOf('data-rows'));
  return text === '' ? [] : (JSON.parse(`[${text.slice(0, -1).replaceAll('\n', ',')}]`) as PageRow[]);
}

/** Opens a function that returns the text of a row's entry. Unpacks everything at the first call. */
export function openEntries(): (index: number) => Promise<string> {
  let opened: Promise<{ readonly bytes: Uint8Array; readonly starts: Uint32Array }> | undefined;
  return async (index) => {
    opened ??= open();
    const { bytes, starts } = await opened;
    return new TextDecoder().decode(bytes.subarray(starts[index], (starts[index + 1] ?? bytes.length + 1) - 1));
  };
}

async function open() {
  const bytes = await bytesOf('data-events');
  let lines = 0;
  for (const byte of bytes) if (byte === LF) lines += 1;
  const starts = new Uint32Array(lines + 1);
  let line = 1;
  for (let at = 0; at < bytes.length; at += 1)
    if (bytes[at] === LF) {
      starts[line] = at + 1;
      line += 1;
    }
  return { bytes, starts };
}

const LF = 10;

/** The events as one file. */
export async function eventsFile(): Promise<Blob> {
  return new Blob([await bytesOf('data-events')], { type: 'application/x-ndjson' });
}
