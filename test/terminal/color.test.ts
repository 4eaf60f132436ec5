import { describe, expect, test } from 'vitest';
import { colorLevel, painter } from '../../src/terminal/color.js';

const terminal = { isTTY: true };
const pipe = { isTTY: false };

describe('whether a stream gets colours', () => {
  test.each([
    ['a terminal does', {}, terminal, 'auto', 1],
    ['a pipe does not', {}, pipe, 'auto', 0],
    ['a dumb terminal does not', { TERM: 'dumb' }, terminal, 'auto', 0],
    ['NO_COLOR takes it away', { NO_COLOR: '1' }, terminal, 'auto', 0],
    ['an empty NO_COLOR says nothing', { NO_COLOR: '' }, terminal, 'auto', 1],
    ['FORCE_COLOR gives it to a pipe', { FORCE_COLOR: '1' }, pipe, 'auto', 1],
    ['an empty FORCE_COLOR does too', { FORCE_COLOR: '' }, pipe, 'auto', 1],
    ['FORCE_COLOR=0 takes it away', { FORCE_COLOR: '0' }, terminal, 'auto', 0],
    ['NO_COLOR is above FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '3' }, terminal, 'auto', 0],
    ['CLICOLOR_FORCE gives it to a pipe', { CLICOLOR_FORCE: '1' }, pipe, 'auto', 1],
    ['CLICOLOR_FORCE=0 says nothing', { CLICOLOR_FORCE: '0' }, pipe, 'auto', 0],
    ['CLICOLOR=0 takes it away', { CLICOLOR: '0' }, terminal, 'auto', 0],
    ['CLICOLOR=1 does not give it to a pipe', { CLICOLOR: '1' }, pipe, 'auto', 0],
    ['CLICOLOR_FORCE is above CLICOLOR', { CLICOLOR: '0', CLICOLOR_FORCE: '1' }, pipe, 'auto', 1],
    ['NO_COLOR is above CLICOLOR_FORCE', { NO_COLOR: '1', CLICOLOR_FORCE: '1' }, terminal, 'auto', 0],
    ['FORCE_COLOR=0 is above CLICOLOR_FORCE', { FORCE_COLOR: '0', CLICOLOR_FORCE: '1' }, terminal, 'auto', 0],
    ['--color always is above NO_COLOR', { NO_COLOR: '1' }, pipe, 'always', 1],
    ['--color never is above FORCE_COLOR', { FORCE_COLOR: '1' }, terminal, 'never', 0],
  ] as const)('%s', (_name, env, stream, choice, level) => {
    expect(colorLevel(env, stream, choice)).toBe(level);
  });

  test('the painter uses the given level, whatever the environment says', async () => {
    expect((await painter(1)).green('ok')).toBe('\x1b[32mok\x1b[39m');
    expect((await painter(0)).green('ok')).toBe('ok');
  });
});
