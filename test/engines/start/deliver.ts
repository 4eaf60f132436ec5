import { readFileSync } from 'node:fs';
import { realContext } from '../../../src/context.js';
import type { StreamDelivery } from '../../../src/destinations/destination.js';
import { openSyslog } from '../../../src/destinations/syslog/open.js';
import { invent } from '../../../src/providers/invent.js';

/** A program of its own, because the authorities that are trusted are settled when a process starts: delivers the entries of a file, a JSON array of id, time and text on each line, to the URL. */
const [url = '', path = '', perFlush = '1000'] = process.argv.slice(2);
const entries = readFileSync(path, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => {
    const [id, time, text] = JSON.parse(line) as [string, number, string];
    return { id, time, raw: Buffer.from(text) };
  });
const destination = openSyslog(realContext(), url, { provider: invent, schema: undefined });
const delivery = (await destination.open()) as StreamDelivery;
for (let at = 0; at < entries.length; at += Number(perFlush)) {
  await delivery.put({ org: 'org_1', entries: entries.slice(at, at + Number(perFlush)) });
  await delivery.flush();
}
await delivery.close();
