import { createHash } from 'node:crypto';
import { openEventReader } from '../providers/event/reader.js';
import { emptyPaths, type Format, type FormatOptions, NOTHING_CHANGED } from './format.js';
import { contentTypes, ROOT_RELATIONS, STYLE_SHEET, sheetPath, workbook, workbookRelations } from './xlsx/parts.js';
import { openCells, Sheet } from './xlsx/sheet.js';
import { changeRows, eventRows } from './xlsx/sheets.js';
import { Archive } from './xlsx/zip.js';

/**
 * A workbook with the sheets *Events*, *Changes* and *About*. Rows are packed as they arrive, so memory depends only on the packed size of *Changes*.
 * It cannot be resumed, because its index is at its end.
 */
export async function openXlsx(options: FormatOptions): Promise<Format> {
  const { Zip } = await import('fflate');
  const { provider, zone, about = () => [], sheets: extra = [] } = options;
  let cutCells = 0;
  const onCut = () => {
    cutCells += 1;
  };
  const cell = openCells({ zone, onCut });
  const archive = new Archive(Zip);
  const names = ['Events', 'Changes', ...extra.map(({ name }) => name), 'About'];
  const [eventList, changeList] = [eventRows(options), changeRows(options)];
  const openSheet = (name: string, columns: Sheet['columns'], look: Sheet['look'] = 'list') =>
    new Sheet({ name, columns, look }, archive.part(sheetPath(names.indexOf(name)), `the sheet ${name}`), cell);

  archive.add('[Content_Types].xml', contentTypes(names.length));
  archive.add('_rels/.rels', ROOT_RELATIONS);
  const events = openSheet('Events', eventList.columns);
  const changes = openSheet('Changes', changeList.columns);
  const readEvent = openEventReader(provider);
  const hash = createHash('sha256');
  let ndjson: string | undefined;
  const filled = new Set<number>();
  const organizations = new Set<string>();

  const finish = (): Buffer => {
    events.end();
    changes.end();
    const others = extra.map((one) => {
      const sheet = openSheet(one.name, one.columns);
      for (const row of one.rows()) sheet.row(row);
      sheet.end();
      return sheet;
    });
    const page = openSheet('About', ABOUT_COLUMNS, 'page');
    ndjson = hash.digest('hex');
    const facts = { events: events.rows, changes: changes.rows, cutCells, ndjson, organizations: [...organizations] };
    for (const [label, value] of about(facts)) {
      // One line per row, because not every program makes a row higher for its text.
      const lines = typeof value === 'string' ? value.split('\n') : [value];
      for (const [at, line] of lines.entries()) page.row([at === 0 ? label : undefined, line]);
    }
    page.end();
    archive.add('xl/workbook.xml', workbook([events, changes, ...others, page]));
    archive.add('xl/_rels/workbook.xml.rels', workbookRelations(names.length));
    archive.add('xl/styles.xml', STYLE_SHEET);
    return archive.end();
  };

  return {
    name: 'xlsx',
    open: () => '',
    write: ({ entries, org }) => {
      for (const entry of entries) {
        const event = readEvent(entry);
        const row = eventList.read(event, org);
        for (const [at, value] of row.entries()) if (value !== '') filled.add(at);
        events.row(row);
        for (const change of changeList.read(event)) changes.row(change);
        for (const sheet of extra) sheet.see?.(event, org);
        if (organizations.size < MOST_NAMED) organizations.add(event.org?.name ?? event.org?.id ?? org);
        hash.update(entry.raw).update('\n');
      }
      return archive.take();
    },
    close: finish,
    facts: () => ({
      ...NOTHING_CHANGED,
      rows: events.rows,
      cutCells,
      ...(ndjson === undefined ? {} : { ndjson }),
      emptyPaths: emptyPaths(options.columns ?? [], filled),
    }),
  };
}

/** Maximum number of organizations to name in *About*. */
const MOST_NAMED = 50;

const ABOUT_COLUMNS: Sheet['columns'] = [
  { heading: '', width: 26 },
  { heading: '', width: 100 },
];
