import { width } from '../../src/terminal/text.js';

/** How a cell looks. */
interface Style {
  readonly color?: string;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly inverse?: boolean;
  readonly underline?: boolean;
}

/** Characters of one style that stand beside one another, from a column on. */
interface Piece {
  readonly row: number;
  readonly column: number;
  readonly cells: number;
  readonly text: string;
  readonly style: Style;
}

/** Colours that are readable on the dark ground, by their number in SGR 30 to 37 and 90 to 97. */
const NORMAL = ['#6e7681', '#ff7b72', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#76e3ea', '#c9d1d9'] as const;
const BRIGHT = ['#8b949e', '#ffa198', '#7ee787', '#f2cc60', '#a5d6ff', '#e2c5ff', '#b3f0ff', '#ffffff'] as const;
const GROUND = '#0d1117';
const INK = '#c9d1d9';
const STRONG = '#f0f6fc';
const FAINT = '#8b949e';
const FONTS = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace";

/** The size of a cell, and the margin around the text. */
const [CELL, LINE, MARGIN, BAR] = [7.8, 18, 16, 22];

/**
 * A picture of a terminal: what was typed and what the program printed. Every piece is placed by its column, and a wide character in the middle
 * of its two cells, so columns stay aligned whatever fonts the reader has. It has its own dark ground, and uses no font or file from elsewhere.
 */
export function terminalSvg(line: string, printed: string, columns: number): string {
  const rows = [`\x1b[2m$\x1b[22m \x1b[1m${line}\x1b[22m`, ...printed.trimEnd().split('\n')];
  const pieces: Piece[] = [];
  let below = 0;
  for (const row of rows) {
    const own = piecesOf(row, columns);
    pieces.push(...own.map((piece) => ({ ...piece, row: piece.row + below })));
    below += 1 + (own.at(-1)?.row ?? 0);
  }
  const [wide, high] = [columns * CELL + 2 * MARGIN, below * LINE + 2 * MARGIN + BAR];
  const lines = pieces.map((piece) => drawn(piece, BAR + MARGIN + piece.row * LINE + LINE * 0.72));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(wide)}" height="${round(high)}" viewBox="0 0 ${round(wide)} ${round(high)}" role="img" aria-label="${escaped(line)}">`,
    `<title>${escaped(line)}</title>`,
    `<rect x="0.5" y="0.5" width="${round(wide - 1)}" height="${round(high - 1)}" rx="8" fill="${GROUND}" stroke="#30363d"/>`,
    ...['#ff5f57', '#febc2e', '#28c840'].map(
      (fill, at) => `<circle cx="${20 + at * 18}" cy="18" r="5.5" fill="${fill}"/>`,
    ),
    `<g font-family="${FONTS}" font-size="13" fill="${INK}" xml:space="preserve" style="white-space:pre">`,
    ...lines,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

const SEGMENTS = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A line in pieces: cut where the style changes, around blanks, around each wide character, and at the edge of the terminal, as it wraps there. */
function piecesOf(line: string, columns: number): readonly Piece[] {
  const pieces: Piece[] = [];
  let [style, row, column]: [Style, number, number] = [{}, 0, 0];
  const put = (text: string): void => {
    const [cells, room] = [width(text), columns - column];
    const fits = cells <= room ? text.length : /^[\x20-\x7e]*$/.test(text) ? room : 0;
    if (text.slice(0, fits).trim() !== '')
      pieces.push({ row, column, cells: Math.min(cells, room), text: text.slice(0, fits), style });
    column += Math.min(cells, room);
    if (fits === text.length) return;
    [row, column] = [row + 1, 0];
    put(text.slice(fits));
  };
  for (const [, codes, text = ''] of line.matchAll(/\x1b\[([\d;]*)m|([^\x1b]+)/g)) {
    if (codes !== undefined) style = styled(style, codes.split(';').map(Number));
    // Marks of direction have no cell; a reader that knows them reorders within the piece.
    for (const part of text.match(/\u2068[^\u2069]*\u2069|[\x21-\x7e]+(?: [\x21-\x7e]+)*| +|[^\x20-\x7e\u2068]+/gu) ??
      []) {
      const isolated = part.startsWith('\u2068');
      const plain = part.replace(/[\u2066-\u2069]/g, '');
      const ascii = /^[\x20-\x7e]*$/.test(plain);
      for (const piece of isolated || ascii ? [plain] : clusters(plain)) put(piece);
    }
  }
  return joined(pieces);
}

function clusters(text: string): readonly string[] {
  return [...SEGMENTS.segment(text)].map(({ segment }) => segment);
}

/** Marks that combine with the character before them belong to its piece; text of narrow letters stays one piece. */
function joined(pieces: readonly Piece[]): readonly Piece[] {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    const meets = last?.row === piece.row && last.column + last.cells === piece.column && last.style === piece.style;
    const isBlock = (one: Piece) => BLOCKS.test(one.text);
    const narrow = (one: Piece) => one.cells === clusters(one.text).length && !isBlock(one);
    const joins =
      last !== undefined && (isBlock(piece) ? last.text.startsWith(piece.text) : narrow(last) && narrow(piece));
    if (last !== undefined && piece.cells === 0) all[all.length - 1] = { ...last, text: last.text + piece.text };
    else if (meets && joins)
      all[all.length - 1] = { ...last, cells: last.cells + piece.cells, text: last.text + piece.text };
    else all.push(piece);
  }
  return all;
}

/** Drawn as rectangles: fonts leave gaps between them. */
const BLOCKS = /[▏▎▍▌▋▊▉█░▒▓]/;
const SHADE: Readonly<Record<string, number>> = { '░': 0.3, '▒': 0.55, '▓': 0.8 };
const EIGHTHS = '▏▎▍▌▋▊▉█';

function drawn({ column, cells, text, style }: Piece, y: number): string {
  const fill = style.color ?? (style.dim === true ? FAINT : style.bold === true ? STRONG : undefined);
  const x = MARGIN + column * CELL;
  const block = text[0] ?? '';
  if (BLOCKS.test(block)) {
    const part = EIGHTHS.includes(block) ? (EIGHTHS.indexOf(block) + 1) / 8 : 1;
    return `<rect x="${round(x)}" y="${round(y - LINE * 0.72)}" width="${round(CELL * cells * part)}" height="${LINE}" fill="${fill ?? INK}" fill-opacity="${SHADE[block] ?? 1}" shape-rendering="crispEdges"/>`;
  }
  const wide = cells !== clusters(text).length;
  const place =
    wide && clusters(text).length === 1
      ? `x="${round(x + (cells * CELL) / 2)}" text-anchor="middle"`
      : `x="${round(x)}" textLength="${round(cells * CELL)}"`;
  const look = [
    fill === undefined ? '' : ` fill="${fill}"`,
    style.bold === true ? ' font-weight="bold"' : '',
    style.dim === true && style.color !== undefined ? ' opacity="0.7"' : '',
    style.underline === true ? ' text-decoration="underline"' : '',
  ];
  const ground =
    style.inverse === true
      ? `<rect x="${round(x)}" y="${round(y - LINE * 0.72)}" width="${round(cells * CELL)}" height="${LINE}" fill="#30363d"/>`
      : '';
  return `${ground}<text ${place} y="${round(y)}"${look.join('')}>${escaped(text)}</text>`;
}

/** The style after a sequence of SGR codes. */
function styled(before: Style, codes: readonly number[]): Style {
  let style = before;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at]!;
    if (code === 38 && codes[at + 1] === 5) {
      style = { ...style, color: indexed(codes[at + 2] ?? 7) };
      at += 2;
    } else if (code === 38 && codes[at + 1] === 2) {
      style = { ...style, color: `rgb(${codes.slice(at + 2, at + 5).join(',')})` };
      at += 4;
    } else style = single(style, code);
  }
  return style;
}

function single(style: Style, code: number): Style {
  const { color: _, ...plain } = style;
  if (code === 0) return {};
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 4) return { ...style, underline: true };
  if (code === 7) return { ...style, inverse: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 24) return { ...style, underline: false };
  if (code === 27) return { ...style, inverse: false };
  if (code === 39) return plain;
  if (code >= 30 && code <= 37) return { ...style, color: NORMAL[code - 30]! };
  if (code >= 90 && code <= 97) return { ...style, color: BRIGHT[code - 90]! };
  throw new Error(`the picture knows no SGR code ${code}`);
}

/** A colour of the palette of 256. */
function indexed(number: number): string {
  if (number < 8) return NORMAL[number]!;
  if (number < 16) return BRIGHT[number - 8]!;
  if (number >= 232) return `rgb(${[1, 1, 1].map(() => 8 + (number - 232) * 10).join(',')})`;
  const level = (step: number) => (step === 0 ? 0 : 55 + 40 * step);
  const cube = number - 16;
  return `rgb(${[Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(level).join(',')})`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one] ?? one);
}
