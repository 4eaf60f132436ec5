import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditEvent, Entry } from '../../../src/event.js';
import { chipp } from '../../../src/providers/chipp.js';
import { toEvent } from '../../../src/providers/event/normalize.js';
import { openEventReader } from '../../../src/providers/event/reader.js';
import { invent } from '../../../src/providers/invent.js';
import { rpawatch } from '../../../src/providers/rpawatch.js';
import { yura } from '../../../src/providers/yura.js';
import { entryOf, hostileValue } from '../../formats/arbitrary.js';
import { anyEntry, CODED, LISTED, LOOKED } from '../anyentry.js';

const RUNS = Number(process.env.AUDITLOG_TEST_RUNS ?? 200);

/** Everything that an event tells. */
function told(event: AuditEvent): AuditEvent {
  const { entry, value, id, time, timeText, action, actor, target, resource } = event;
  const { source, ip, country, userAgent, org, metadata, changes } = event;
  return {
    ...{ entry, value, id, time, timeText, action, actor, target, resource },
    ...{ source, ip, country, userAgent, org, metadata, changes },
  };
}

describe('events that are read from bytes are those of parsed entries', () => {
  test('reading bytes agrees with parsing for hostile entries', () => {
    fc.assert(
      fc.property(fc.array(hostileValue, { minLength: 1, maxLength: 3 }), (values) => {
        const entries = values.map(entryOf);
        const events = entries.map(openEventReader(invent));
        expect(events.map(told)).toEqual(entries.map((entry) => toEvent(invent, entry)));
      }),
      { numRuns: RUNS },
    );
  });

  test.each([invent, chipp, rpawatch, yura, LISTED, CODED, LOOKED])(
    'reading bytes agrees with parsing for any JSON with the fields of $name',
    (provider) => {
      fc.assert(
        fc.property(fc.array(anyEntry(provider), { minLength: 1, maxLength: 3 }), (entries) => {
          const events = entries.map(openEventReader(provider));
          expect(events.map(told)).toEqual(entries.map((entry) => toEvent(provider, entry)));
        }),
        { numRuns: RUNS },
      );
    },
  );

  test('an event that was read stays what it is when others are read after it', () => {
    const read = openEventReader(invent);
    const [a, odd, b] = ['{"action":"a","ip":"1"}', '{"action":"x","action":"y"}', '{"action":"b"}'].map(
      (text): Entry => ({ raw: Buffer.from(text), id: undefined, time: 0 }),
    );
    const [first, second, third] = [read(a!), read(odd!), read(b!)];
    expect([third.action, second.action, first.action, first.ip, third.ip]).toEqual(['b', 'y', 'a', '1', undefined]);
  });
});
