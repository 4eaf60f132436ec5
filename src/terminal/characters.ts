/** The sets of characters of `text.ts`, made from Unicode's properties, so that they follow the Unicode version of Node.js. */

/** A combining mark that a reader can see. */
const MARK = String.raw`(?!\p{Default_Ignorable_Code_Point})\p{M}`;
const PICTOGRAPH = String.raw`\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?`;
/** Letters of the scripts in which U+200C changes how a word is written. */
const JOINING =
  String.raw`[\p{sc=Arab}\p{sc=Syrc}\p{sc=Deva}\p{sc=Beng}\p{sc=Guru}\p{sc=Gujr}` +
  String.raw`\p{sc=Orya}\p{sc=Taml}\p{sc=Telu}\p{sc=Knda}\p{sc=Mlym}\p{sc=Sinh}]`;

/** Invisible characters that change what is seen. */
const KEPT = [
  // A joiner between two pictographs, at most three in a row, as in the longest emoji.
  String.raw`(?<=${PICTOGRAPH})(?<!(?:\u200d${PICTOGRAPH}){3})\u200d(?=\p{Extended_Pictographic})`,
  // The choice between text and emoji, and between forms of one Han character.
  String.raw`(?<=[\p{Emoji}\p{Extended_Pictographic}])[\ufe0e\ufe0f]`,
  String.raw`(?<=\p{sc=Hani})[\ufe00-\ufe02\u{e0100}-\u{e01ef}]`,
  String.raw`(?<=${JOINING}(?:${MARK}){0,4})\u200c(?=${JOINING})`,
].join('|');

/** Controls, format characters, unassigned and private ones, line separators, and invisible ones. */
const HARMFUL = String.raw`(?!\p{Extended_Pictographic})[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]`;

/** Group 1: an invisible character to keep. Group 2: the first four of too many marks. Neither: a character to escape. */
export const UNSAFE = new RegExp(`(${KEPT})|^${MARK}|((?:${MARK}){4})(?:${MARK}){1,999}|${HARMFUL}`, 'gu');

/** A cluster that terminals draw as one picture. */
export const EMOJI = /^(?:\p{Regional_Indicator}|\p{Emoji_Presentation}|\p{Emoji}(?:\ufe0f|\p{Emoji_Modifier}))/u;

/** Characters that take no cell of their own: marks above and below, invisible ones, and parts of a Hangul syllable after its first. */
export const ZERO = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff\ud7b0-\ud7ff]/u;

/** East Asian wide and full-width characters, two cells each, by scripts and blocks: JavaScript has no property for them. */
export const WIDE = new RegExp(
  String.raw`(?![\uff61-\uffdc\u02ea\u02eb])` +
    String.raw`[\p{sc=Hani}\p{sc=Hira}\p{sc=Kana}\p{sc=Bopo}\p{sc=Hang}\p{sc=Yiii}\p{sc=Tang}\p{sc=Nshu}\p{sc=Kits}` +
    String.raw`\p{Emoji_Presentation}\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\u303e\u3099-\u33ff\u4dc0-\u4dff` +
    String.raw`\ufe10-\ufe1f\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1d300}-\u{1d376}\u{1f200}-\u{1f2ff}]`,
  'u',
);

/**
 * Matches characters that join others (marks, joiners, skin tones, halves of flags), and all characters outside the scripts that never join. A text
 * without a match needs no segmenter.
 */
export const CLUSTERING =
  /(?![\x20-\x7e\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Hani}\p{sc=Hira}\p{sc=Kana}\p{sc=Hebr}\p{sc=Arab}\uac00-\ud7a3\u3000-\u303f\uff01-\uff60\p{P}\p{Zs}\p{Extended_Pictographic}])[\s\S]|[\p{M}\p{C}\p{Emoji_Modifier}\p{Regional_Indicator}]/u;

/** The areas that Unicode sets aside for scripts written from right to left. */
export const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
