import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readHidden } from '../../src/context/hidden.js';

/** A terminal as far as the question sees it: bytes come in, the raw mode is noted. */
function ask() {
  const raw: boolean[] = [];
  const shown: string[] = [];
  const stop = new AbortController();
  const input = Object.assign(new PassThrough(), {
    setRawMode: (on: boolean) => raw.push(on),
  });
  const answer = readHidden('API key: ', {
    input,
    write: (text) => shown.push(raw.at(-1) === (text !== '\n') ? text : `not raw: ${text}`),
    interrupt: () => stop.abort(new Error('stopped by Ctrl-C')),
    signal: stop.signal,
  });
  return { answer, input, raw, shown, stop };
}

test('the typed text is not shown, and Enter ends the prompt', async () => {
  const { answer, input, raw, shown } = ask();
  input.write('sec');
  input.write('ret\r');
  expect(await answer).toBe('secret');
  expect(shown).toEqual(['API key: ', '\n']);
  expect(raw).toEqual([true, false]);
  expect(input.listenerCount('data')).toBe(0);
  expect(input.isPaused()).toBe(true);
});

test.each([
  ['backspace takes back', 'ab\x7fc\r', 'ac'],
  ['Ctrl-H takes back', 'ab\bc\n', 'ac'],
  ['Ctrl-U begins anew', 'wrong\x15right\r', 'right'],
  ['backspace takes back a whole emoji', 'a😀\x7fb\r', 'ab'],
  ['arrow keys and other controls count for nothing', 'a\x1b[D\x1bOC\x07\tb\r', 'ab'],
  ['Ctrl-D ends it as well', 'abc\x04', 'abc'],
  ['a paste goes up to the end of its line', 'abc\ndef\n', 'abc'],
])('a hidden answer: %s', async (_, typed, wanted) => {
  const { answer, input } = ask();
  input.write(typed);
  expect(await answer).toBe(wanted);
});

test('a character that arrives in two pieces is one character', async () => {
  const { answer, input } = ask();
  const bytes = Buffer.from('é\r');
  input.write(bytes.subarray(0, 1));
  await new Promise((resolve) => setImmediate(resolve));
  input.write(bytes.subarray(1));
  expect(await answer).toBe('é');
});

test('Ctrl-C restores the terminal and rejects', async () => {
  const { answer, input, raw, shown } = ask();
  input.write('half\x03more\r');
  await expect(answer).rejects.toThrow('stopped by Ctrl-C');
  expect(raw).toEqual([true, false]);
  expect(shown.at(-1)).toBe('\n');
  expect(input.listenerCount('data')).toBe(0);
});

test('an aborted signal restores the terminal and rejects', async () => {
  const { answer, raw, stop } = ask();
  stop.abort(new Error('stopped by SIGTERM'));
  await expect(answer).rejects.toThrow('stopped by SIGTERM');
  expect(raw).toEqual([true, false]);
});

test('the end of the terminal ends the prompt', async () => {
  const { answer, input } = ask();
  input.end('abc');
  expect(await answer).toBe('abc');
});

test('an answer that is not whole goes on after Enter: pasted JSON does not end at its first line', async () => {
  const input = Object.assign(new PassThrough(), { setRawMode: () => undefined });
  const shown: string[] = [];
  const answer = readHidden('JSON: ', {
    input,
    write: (text) => shown.push(text),
    interrupt: () => undefined,
    signal: new AbortController().signal,
    isWhole: (typed) => typed.endsWith('}'),
  });
  input.write('{\r  "a": 1\r\n}');
  input.write('\rafter');
  expect(await answer).toBe('{\n  "a": 1\n\n}');
  expect(shown).toEqual(['JSON: ', '\n']);
});

test('an answer that is no secret is shown while it is typed, and corrected in place', async () => {
  const input = Object.assign(new PassThrough(), { setRawMode: () => undefined });
  const shown: string[] = [];
  const answer = readHidden('Email: ', {
    input,
    write: (text) => shown.push(text),
    interrupt: () => undefined,
    signal: new AbortController().signal,
    shows: true,
  });
  input.write('ax\x7fb\x1b[D\r');
  expect(await answer).toBe('ab');
  expect(shown).toEqual(['Email: ', 'a', 'x', '\r\x1b[KEmail: a', 'b', '\n']);
});
