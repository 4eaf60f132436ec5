/** Reads RFC 4180 text strictly: throws where a quote stands in a bare cell or a quoted cell goes on after its end. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const row: string[] = [];
    for (;;) {
      const cell = text[at] === '"' ? quotedCell(text, at) : bareCell(text, at);
      row.push(cell.text);
      at = cell.end;
      if (text[at] !== ',') break;
      at += 1;
    }
    if (text.slice(at, at + 2) !== '\r\n')
      throw new Error(`no CRLF at ${at}: ${JSON.stringify(text.slice(at, at + 20))}`);
    at += 2;
    rows.push(row);
  }
  return rows;
}

function quotedCell(text: string, start: number): { text: string; end: number } {
  let found = '';
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] !== '"') found += text[at];
    else if (text[at + 1] === '"') {
      found += '"';
      at += 1;
    } else return { text: found, end: at + 1 };
  }
  throw new Error(`no closing quote for the one at ${start}`);
}

function bareCell(text: string, start: number): { text: string; end: number } {
  const found = /[^,\r\n"]*/y;
  found.lastIndex = start;
  const cell = found.exec(text)?.[0] ?? '';
  if (text[start + cell.length] === '"') throw new Error(`a quote in a bare cell at ${start + cell.length}`);
  return { text: cell, end: start + cell.length };
}
