import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openServer, race } from './measure.js';

const N = Number(process.env.N ?? 200000),
  L = Number(process.env.L ?? 0),
  R = Number(process.env.R ?? 3);
const which = (process.env.W ?? 'curl,nd,csv').split(',');
const folder = mkdtempSync(join(tmpdir(), 'bench-mine-'));
const server = await openServer(N, L);
const pages = N / 100;
const A = `${process.execPath} ${process.env.FLAGS ?? ''} ${process.cwd()}/bin/auditlog.js export --rate off --quiet`;
writeFileSync(
  join(folder, 'urls-files'),
  Array.from(
    { length: pages },
    (_, i) => `url="${server.base}/orgs/c/audit-logs?take=100&page=${i + 1}"\noutput="pages/${i + 1}"`,
  ).join('\n'),
);
const all: Record<string, string> = {
  curl: 'mkdir -p pages; curl -s --parallel --parallel-max 8 -H "Authorization: Bearer $KEY" -K urls-files',
  nd: `${A} > out.ndjson`,
  csv: `${A} --format csv > out.csv`,
  gz: `${A} --force -o f.ndjson.gz`,
  pipegz: `${A} | gzip -6 > out.gz`,
};
const runs = await race(Object.fromEntries(which.map((w) => [w, all[w] as string])), server, folder, R);
console.log(
  JSON.stringify(
    Object.fromEntries(
      Object.entries(runs).map(([k, r]) => [
        k,
        `${r.wall.toFixed(2)}s cpu ${r.cpu.toFixed(2)} mem ${r.memory.toFixed(0)} req ${r.requests}`,
      ]),
    ),
  ),
);
server.close();
execFileSync('rm', ['-rf', folder]);
