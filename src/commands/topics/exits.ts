import { EXIT } from '../../errors.js';
import type { Topic } from './topic.js';

const MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'done, also when nothing matched',
  local: 'something failed on this machine, such as a full disk',
  usage: 'the command line, the settings or the question is wrong',
  unreconciled: 'the output is there, but not confirmed: the message says what differs from the server',
  key: 'the key is missing, rejected or not allowed to read the log',
  server: 'the server or the network failed after retries, or the answer is not from the API',
  stopped: 'stopped early and resumable, by Ctrl-C or a wait beyond --max-wait: the message has the command',
  different: 'verify found a difference',
  silent: 'collect status: no success, or no event, for too long',
  found: 'with --fail-if-any: events match',
  readerGone: 'the reader of the pipe of an export ended, as head does',
  interrupted: 'stopped by Ctrl-C, not resumable',
  terminated: 'stopped by SIGTERM, not resumable',
};

export const exits: Topic = {
  name: 'exit-codes',
  about: 'how a command ended',
  intro: 'The exit code says how a command ended.',
  tables: [
    {
      heading: 'Exit codes',
      columns: ['code', 'meaning'],
      rows: (Object.keys(EXIT) as (keyof typeof EXIT)[]).map((name) => [String(EXIT[name]), MEANINGS[name]] as const),
    },
  ],
  ends: 'doctor and destination check end with the code of the worst finding. list ends with 0 when the reader of its pipe ends, tail also on Ctrl-C.',
};
