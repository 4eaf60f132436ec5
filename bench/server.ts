import { startServer } from '../test/model/static.js';

/** A benchmark's server in a process of its own. Arguments: entries, latency in ms. Tells its address over IPC, and its requests or its traffic so far when asked. */
const [n, latency] = process.argv.slice(2).map(Number) as [number, number];
const to = Date.parse('2026-11-01T00:00:00Z');
const server = await startServer({
  n,
  latency,
  from: to - 540 * 86_400_000,
  to,
  now: Date.parse('2026-11-20T14:00:00Z'),
});
process.on('message', (asked) =>
  process.send?.(asked === 'traffic' ? server.traffic() : { requests: server.requests() }),
);
process.on('disconnect', () => process.exit());
process.send?.({ base: server.base.origin, key: server.key });
