import type { Reading, Verdict } from '../../engine/source.js';
import { count } from './numbers.js';

/** The verdict of a finished reading in words. */
export function claim(reading: Reading): string {
  return claimed(reading.verdict());
}

export function claimed({ status, kept, fetched, counted, at, notes, file }: Verdict): string {
  const events = `${count(kept)} ${kept === 1 ? 'event' : 'events'}`;
  if (file !== undefined) {
    const from = kept === fetched ? `${events} from ${file}` : `${events} from ${file}, chosen from ${count(fetched)}`;
    return [notes.length === 0 ? from : `not certain: ${from}`, ...notes.map((note) => `- ${note}`)].join('\n');
  }
  const time = new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
  if (status === 'uncounted') return `${events}; this vendor tells no count to compare with`;
  if (status === 'verified') {
    const equal = `equal to the server's count at ${time}`;
    return kept === fetched ? `${events}, ${equal}` : `${events}, chosen from ${count(fetched)}, ${equal}`;
  }
  const whole = kept === fetched ? events : `${events}, chosen from ${count(fetched)}`;
  const told = counted === undefined ? '' : `, while the server counts ${count(counted)}`;
  return [`not reconciled with the server: ${whole}${told}, at ${time}`, ...notes.map((note) => `- ${note}`)].join(
    '\n',
  );
}
