import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COUNTED, drawn, hostOf, requestsOfCycle, tables } from '../bench/scalemodel.js';
import { makeHome, ROOT } from './helpers/world.js';

const doc = readFileSync(join(ROOT, 'docs/explanation/scale.md'), 'utf8');

test('docs/explanation/scale.md holds every table as it is computed', () => {
  for (const table of tables()) expect(doc, table.name).toContain(`\n${drawn(table)}\n`);
});

test('what is computed is what real runs asked for, within a tenth', () => {
  for (const { events, requests } of COUNTED)
    expect(Math.abs(requestsOfCycle(events, 60) / requests - 1), `${events} a day`).toBeLessThan(0.1);
});

test('the script in docs/explanation/scale.md runs each collector on one host, the one that is computed', async () => {
  const home = await makeHome();
  const [, script = ''] = /```sh\n(#!\/bin\/sh\n.*?)```/s.exec(doc) ?? [];
  const names = Array.from({ length: 12 }, (_, at) => `collector-${at + 1}`);
  const program = (name: string, text: string) => {
    writeFileSync(join(home, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(home, name), 0o755);
  };
  program('auditlog', `if [ "$2" = list ]; then echo list; else echo "$2" >> "${home}/$HOST"; fi`);
  program('jq', `echo ${names.join(' ')}`);
  writeFileSync(join(home, 'script'), script);
  const hosts = ['host-1', 'host-2', 'host-3'];
  for (const host of hosts) {
    writeFileSync(join(home, host), '');
    execFileSync('sh', [join(home, 'script')], { env: { PATH: `${home}:${process.env.PATH}`, HOST: host } });
  }
  const ran = hosts.map((host) => readFileSync(join(home, host), 'utf8').split('\n').slice(0, -1));
  expect(ran).toEqual(hosts.map((host) => names.filter((name) => hostOf(name, hosts) === host)));
});
