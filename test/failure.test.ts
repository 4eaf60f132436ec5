import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { Stopped } from '../src/context.js';
import { keyError, localError, serverError, usageError } from '../src/errors.js';
import { failureOf } from '../src/failure.js';

const coded = (code: string) => Object.assign(new Error('write failed'), { code });

test.each([
  ['usage', usageError('a', 'b'), 2],
  ['key', keyError('a', 'b'), 4],
  ['server', serverError('a', 'b'), 5],
  ['local', localError('a', 'b'), 1],
])('an explained %s error keeps its words and its exit code', (_, error, exitCode) => {
  expect(failureOf(error)).toEqual({ message: 'a', hint: 'b', exitCode });
});

test('a stopped run has no message', () => {
  expect(failureOf(new Stopped('SIGINT'))).toEqual({ exitCode: 130 });
  expect(failureOf(new Stopped('SIGTERM'))).toEqual({ exitCode: 143 });
  expect(failureOf(new Stopped('SIGHUP'))).toEqual({ exitCode: 129 });
});

test('EPIPE is a success without a message', () => {
  expect(failureOf(coded('EPIPE'))).toEqual({ exitCode: 0 });
});

test('a full disk is a local error', () => {
  expect(failureOf(coded('ENOSPC'))).toEqual({
    message: 'cannot write: no space is left on the device (ENOSPC)',
    exitCode: 1,
  });
});

test('a used-up quota is a local error, though node has no name for its code', () => {
  const error = Object.assign(new Error('Unknown system error'), {
    code: `Unknown system error -${constants.errno.EDQUOT}`,
    errno: -constants.errno.EDQUOT,
  });
  expect(failureOf(error)).toEqual({ message: 'cannot write: the disk quota is used up (EDQUOT)', exitCode: 1 });
});

test.each([[new TypeError('x is undefined')], ['thrown text'], [undefined]])(
  'any other error is reported as an internal error: %s',
  (error) => {
    const { message, hint, exitCode } = failureOf(error);
    expect(message).toContain('internal error in auditlog');
    expect(hint).toContain('--debug');
    expect(exitCode).toBe(1);
  },
);
