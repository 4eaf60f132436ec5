import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';

/** What a report holds, read as anyone can read it. */
export interface ReadPage {
  /** The events as NDJSON. */
  readonly events: string;
  readonly rows: readonly (readonly unknown[])[];
  readonly record: Record<string, unknown>;
  /** The text of an element with this id, tags removed and entities decoded. */
  text(id: string): string;
  /** Names and numbers of a ranking. */
  ranking(title: string): Readonly<Record<string, number>>;
  /** Rows of a section's table, as texts of their cells. */
  table(id: string): readonly (readonly string[])[];
}

export function readPage(html: string): ReadPage {
  const block = (name: string): string => {
    const found = new RegExp(`\\nBEGIN ${name}\\n([A-Za-z0-9+/=\\n]*)END ${name}\\n`).exec(html);
    return gunzipSync(Buffer.from(found?.[1] ?? '', 'base64')).toString();
  };
  const part = (id: string): string => {
    const start = html.search(new RegExp(`<(?:section|article) id="${id}"`));
    const isSection = html.startsWith('<section', start);
    return html.slice(start, html.indexOf(isSection ? '</section>' : '</article>', start));
  };
  return {
    events: block('EVENTS'),
    rows: block('ROWS')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown[]),
    record: JSON.parse(/id="record">\n([\s\S]*?)\n<\/script>/.exec(html)![1]!) as Record<string, unknown>,
    text: (id) => plain(part(id)),
    ranking: (title) => {
      const start = html.indexOf(`<h3>${title}</h3>`);
      const table = html.slice(start, html.indexOf('</figure>', start));
      const rows = [
        ...table.matchAll(/<tr(?: class="rest")?><th scope="row">(.*?)<\/th>.*?<td class="num">(.*?)<\/td>/gs),
      ];
      return Object.fromEntries(
        rows.map(([, name = '', count = '']) => [plain(name), Number(count.replaceAll(',', ''))]),
      );
    },
    table: (id) =>
      [...part(id).matchAll(/<tr>(<td[\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
        [...row.matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map(([, cell = '']) => plain(cell)),
      ),
  };
}

export function plain(html: string): string {
  const text = html
    .replaceAll('<wbr>', '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' };
  return text.replace(/&(\w+|#\d+);/g, (whole, name: string) => entities[name] ?? whole);
}

export function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}
