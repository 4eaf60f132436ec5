/** Pairs of a character and the letter that it looks like, by script: Cyrillic, Greek, Armenian, Latin and digits. */
const PAIRS =
  'аaеeоoрpсcуyхxіiјjѕsһhԁdԛqԝwӏlАaВbЕeЅsІlЈjКkМmНhОoРpСcТtУyХxӀlԌg' +
  'οoαaνvρpΑaΒbΕeΖzΗhΙlΚkΜmΝnΟoΡpΤtΥyΧxϲcϳj' +
  'օoսuոnԼl' +
  'ıiɑaɡgƖlIl1l|l0o';
const LETTERS: ReadonlyMap<string, string> = new Map(PAIRS.match(/../gsu)?.map((pair) => [pair[0]!, pair[1]!]));
const LOOKALIKE = new RegExp(`[${[...LETTERS.keys()].join('')}]`, 'gu');

/** The same text for texts that a reader takes for the same: whatever their case, spaces and composition, and the script of letters that look alike. */
export function lookOf(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(LOOKALIKE, (character) => LETTERS.get(character)!)
    .replace(/[\s\u2800]+/g, ' ')
    .trim()
    .toLowerCase();
}

/** The text; undefined if a reader would see nothing of it. */
export function visible(text: string | undefined): string | undefined {
  return text === undefined || BLANK.test(text) ? undefined : text;
}

const BLANK = /^[\s\u2800\p{Default_Ignorable_Code_Point}]*$/u;
