import { hash } from '../../src/demo/random.js';
import { inventEntry, type ModelEntry } from './entry.js';
import { MODEL_ORG } from './makeentries.js';

/** Entries that are valid JSON and made to hurt whoever reads, prints or stores them. One a minute back from `time`, newest first. */
export function hostileEntries(time: number, options: { readonly huge?: boolean } = {}): readonly ModelEntry[] {
  const chosen = options.huge === true ? [...TEXTS, huge] : TEXTS;
  return chosen.map((make, i) => {
    const at = time - i * 60_000;
    const text = make(`al_hostile${String(i).padStart(2, '0')}`, new Date(at).toISOString());
    return inventEntry(JSON.parse(text) as Record<string, unknown>, text, at);
  });
}

type Make = (id: string, at: string) => string;

const ORG = JSON.stringify(MODEL_ORG);

/** An entry whose text ends with `more`, raw JSON members. */
const withMembers =
  (more: string): Make =>
  (id, at) =>
    `{"id":"${id}","action":"chat.deleted","source":"app","created_at":"${at}","org":${ORG},${more}}`;

const named = (json: string): Make =>
  withMembers(`"actor":{"id":"usr_h","name":${json},"email":"h@evil.example"},"agent":${json}`);

const TEXTS: readonly Make[] = [
  // What a terminal obeys: colours, a title, the clipboard, a link, a reply, C1 bytes, overwriting.
  named(String.raw`"\u001b[31mred\u001b[2J\u001b[H\u001b]0;owned\u0007"`),
  named(String.raw`"\u001b]52;c;ZXZpbA==\u0007\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007"`),
  named(String.raw`"\u001bP$q\"p\u001b\\\u001b[6n\u001b[21t\u001b_x\u001b\\\u001b^y\u001b\\\u001bXz\u001b\\"`),
  named('"\u009b31m\u009d0;t\u009c\u0085\u007f"'),
  named(String.raw`"good\rbad \b\b\b\t\u000b\u000c\u0000end"`),
  // What hides, reorders or splits text, raw and escaped.
  named('"\u202eexe.txt\u202c \u2066a\u2069 \u200b\u200e\u200f\u00ad\ufeff\u061c\u{e0041}"'),
  named('"line\u2028para\u2029next\u0085nel"'),
  named(String.raw`"a\nb\r\nc\u2028d\u001ce\u001df\u001e"`),
  named(`"z${'\u0301\u0489'.repeat(40)}algo"`),
  named('"👩‍👩‍👧‍👦🏳️‍🌈 ﷽ 한글 עברית العربية ｗｉｄｅ"'),
  // Halves of pairs, as escapes.
  named(String.raw`"\ud800 lone \udc00 \ud83d\ude00 pair \ud83d"`),
  // What a spreadsheet runs.
  named(`"=HYPERLINK(\\"https://evil.example\\",\\"x\\")"`),
  named(`"+cmd|' /C calc'!A0"`),
  named('"-2+3"'),
  named('"@SUM(1)"'),
  named(String.raw`"\t=1+1"`),
  named(String.raw`"\r=1+1"`),
  named('"＝1+1"'),
  named(String.raw`"a,b;c\t\"d\"\r\n\"\",=1"`),
  // Numbers that a double cannot hold, and spellings that printing again would change.
  withMembers(
    '"metadata":{"big":9007199254740993,"huge":1e400,"small":-0,"exact":1.10,"exp":1E+2,"long":123456789012345678901234567890}',
  ),
  // Keys twice, and keys that mean something to a careless program.
  withMembers('"metadata":{"role":"viewer","role":"admin"},"source":"api"'),
  withMembers(
    '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"metadata":{"__proto__":{"polluted":true},"toString":1,"hasOwnProperty":2}',
  ),
  withMembers('"metadata":{"":"empty key","a.b":"dotted","\\u0061":"escaped key","é":"e\u0301"}'),
  // Shapes that nobody promised.
  withMembers(
    '"actor":"usr_bare","assistant":"asst_bare","member":[],"workflow":false,"connection":0,"metadata":"text"',
  ),
  withMembers('"actor":[null,{"id":1}],"ip":{"v4":"192.0.2.1"},"country":["N","O"],"agent":17,"metadata":[1,[2,[3]]]'),
  withMembers('"unknown_field":{"later":true},"action2":"x","metadata":null,"actor":null'),
  withMembers(`"metadata":${'{"a":['.repeat(28)}1${']}'.repeat(28)}`),
  withMembers(`"metadata":{${Array.from({ length: 400 }, (_, n) => `"k${n}":${n}`).join(',')}}`),
  (id, at) =>
    ` {\t"id" : "${id}" ,\n "action" : "chat.deleted" , "created_at" : "${at}",\r\n "org" : ${ORG} , "metadata" : { } } `,
  (id, at) =>
    `{"created_at":"${at}","metadata":{"id":"inner","created_at":"x","nested":{"id":"${id}"}},"id":"${id}","action":"not.in_the_list","org":${ORG}}`,
];

/**
 * Rows of a list of entries that are no entries, or nest deeper than anybody reads: `n` of them, between `from` and `to`, where the server
 * finds them. Their texts differ.
 */
export function oddEntries({
  n,
  from,
  to,
  seed = 1,
}: {
  n: number;
  from: number;
  to: number;
  seed?: number;
}): readonly ModelEntry[] {
  return Array.from({ length: n }, (_, at): ModelEntry => {
    const time = from + (hash(seed, at) % Math.max(1, Math.floor(to - from)));
    const make = ODD[(seed + at) % ODD.length] ?? scalar;
    return { text: make(at, new Date(time).toISOString()), id: undefined, time, values: {} };
  });
}

const scalar = (at: number): string => String(at);

const ODD: readonly ((at: number, time: string) => string)[] = [
  (at) => (at < 4 ? 'null' : `"null ${at}"`),
  scalar,
  (at) => `"a text in place of an entry, ${at}"`,
  (at) => `[${at},{"id":"al_listed"}]`,
  (at) => (at < 7 ? 'true' : `${at}.5`),
  (at, time) =>
    `{"id":"al_deep${at}","action":"chat.deleted","created_at":"${time}","org":${ORG},"metadata":${'['.repeat(70)}${at}${']'.repeat(70)}}`,
  (at, time) =>
    `{"metadata":${'{"a":'.repeat(200)}${at}${'}'.repeat(200)},"id":"al_deeper${at}","action":"chat.deleted","created_at":"${time}","org":${ORG}}`,
];

const huge: Make = withMembers(`"metadata":{"blob":"${'x😀"'.replace('"', '\\"').repeat(700_000)}"}`);

/** Entries with no usable id or time: the server finds them at `time`. Apart, as a log that has them can hardly be read twice the same. */
export function brokenEntries(time: number): readonly ModelEntry[] {
  const at = new Date(time).toISOString();
  const texts = [
    `{"action":"chat.deleted","created_at":"${at}","org":${ORG},"metadata":{"no":"id"}}`,
    `{"id":null,"action":"chat.deleted","created_at":"${at}","org":${ORG}}`,
    `{"id":"","action":"chat.deleted","created_at":"${at}","org":${ORG}}`,
    `{"id":9007199254740993,"action":"chat.deleted","created_at":"${at}","org":${ORG}}`,
    `{"id":9007199254740992,"action":"chat.deleted","created_at":"${at}","org":${ORG}}`,
    `{"id":"al_notime","action":"chat.deleted","created_at":null,"org":${ORG}}`,
    `{"id":"al_badday","action":"chat.deleted","created_at":"2024-02-31T00:00:00Z","org":${ORG}}`,
    `{"id":"al_words","action":null,"created_at":"yesterday","org":null}`,
  ];
  return texts.map((text) => inventEntry(JSON.parse(text) as Record<string, unknown>, text, time));
}
