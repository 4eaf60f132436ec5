/** What a spreadsheet, in any of its locales, may take for the beginning of a formula; and the apostrophe, so that guarding can be undone. */
const TRIGGER = /^[=+\-@\t\r\n\0＝＋－＠']/;

export function isGuarded(text: string): boolean {
  return TRIGGER.test(text);
}

/** `text` with an apostrophe in front where it needs one. To undo it, take one leading apostrophe away. */
export function guarded(text: string): string {
  return TRIGGER.test(text) ? `'${text}` : text;
}

/** A cell's text without control characters and halves of surrogate pairs, and what was done for it. */
export interface Printable {
  readonly text: string;
  /** Whether pictures stand for control characters. */
  readonly pictures: boolean;
  /** How many halves of surrogate pairs became U+FFFD. */
  readonly surrogates: number;
}

const UNPRINTABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\p{Cs}]/u;
const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g;
const SURROGATES = /\p{Cs}/gu;

/** CR, LF and TAB stay; other C0 controls and DEL become their pictures (U+2400…), C1 controls `␦`. */
export function printable(text: string): Printable {
  if (!UNPRINTABLE.test(text)) return { text, pictures: false, surrogates: 0 };
  let surrogates = 0;
  const whole = text.replace(SURROGATES, () => {
    surrogates += 1;
    return '\ufffd';
  });
  const pictured = whole.replace(CONTROLS, picture);
  return { text: pictured, pictures: pictured !== whole, surrogates };
}

function picture(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\u2426';
}
