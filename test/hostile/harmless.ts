/** What must never reach a terminal from anybody but us: controls, what reorders or hides text, halves of characters. */
const HARMFUL =
  /[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Cs}]/u;
/** The colours that are our own. */
const COLOURS = /\x1b\[(?:0|1|2|3|4|22|23|24|3[0-7]|39|9[0-7]|38;5;\d{1,3}|38;2;\d{1,3};\d{1,3};\d{1,3})m/g;

/** What a line that redraws itself is made with. */
const REDRAWING = /\x1b\[(?:\?2026[hl]|\d+G|0K|\d+[AB])/g;

/** The first harmful character of a text with lines of its own, and where it stands; undefined: there is none. On a terminal our colours may stand in it, and right-to-left text between our two marks. */
export function harmIn(text: string, { tty = false } = {}): string | undefined {
  const bare = tty
    ? text
        .replace(COLOURS, '')
        .replace(REDRAWING, '')
        .replace(/\u2068([^\u2066-\u2069]*)\u2069/g, '$1')
    : text;
  for (const line of bare.split('\n')) {
    const found = HARMFUL.exec(line);
    if (found !== null)
      return `U+${found[0].codePointAt(0)?.toString(16)} in ${JSON.stringify(line.slice(Math.max(0, found.index - 40), found.index + 40))}`;
  }
  return undefined;
}
