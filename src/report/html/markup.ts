import { safe } from '../../terminal/text.js';

/** Finished HTML. Only `html` makes it, so a server's text can never be one. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type HtmlPart = Markup | string | number | undefined | false | readonly HtmlPart[];

/** A template of HTML. Values are neutralized and escaped, in elements and in quoted attributes. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Markup {
  return new Markup(strings.map((text, at) => (at === 0 ? text : `${written(parts[at - 1])}${text}`)).join(''));
}

function written(part: HtmlPart): string {
  if (part instanceof Markup) return part.text;
  if (part === undefined || part === false) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return part.map(written).join('');
}

/** Maximum length of a text, so that one entry cannot fill the page. */
const LONGEST = 600;

function escapeHtml(text: string): string {
  const cut = text.length > LONGEST ? `${wellCut(text.slice(0, LONGEST))}…` : text;
  return safe(cut).replace(/[&<>"'`]/g, (character) => ENTITIES[character]!);
}

/** A text of a narrow column: a line may end after an @, a dot or a colon in it, before any other place within a word. */
export function breakable(text: string): Markup {
  return new Markup(escapeHtml(text).replace(/[@.:](?=\S)/g, '$&<wbr>'));
}

/** Drops half of a surrogate pair at the end. */
function wellCut(text: string): string {
  return text.replace(/[\ud800-\udbff]$/, '');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};
