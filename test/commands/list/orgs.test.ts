import { describe, expect, test } from 'vitest';
import { subOrganizations } from '../../../src/demo/organization.js';
import { makeHome, run } from '../../helpers/world.js';

const [labs = '', logistics = ''] = subOrganizations().map(({ id }) => id);

describe('--org, repeated', () => {
  test('merges the streams by time, with a column that tells which', async () => {
    const { code, stdout } = await run(`list --demo --org c --org ${labs},${logistics} -n 60 --quiet`);
    expect(code).toBe(0);
    const [heading = '', ...rows] = stdout.trimEnd().split('\n');
    expect(heading).toMatch(/^Actor +Org +Event +Resource +Source +Location +Date$/);
    const at = heading.indexOf('Org');
    expect(new Set(rows.map((row) => / {2}(Lumen Harbor(?: Labs| Logistics)?) {2}/.exec(row)?.[1]))).toEqual(
      new Set(['Lumen Harbor', 'Lumen Harbor Labs', 'Lumen Harbor Logistics']),
    );
    expect(at).toBeGreaterThan(10);
    const times = rows.map((row) => Date.parse(row.split(/ {2,}/).at(-1) ?? ''));
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  test('exports all of them, each row with its organization, equal to the sum of the counts', async () => {
    const alone = await Promise.all(
      ['c', labs, logistics].map(async (org) => (await run(`export --demo --org ${org}`)).stdout.trimEnd().split('\n')),
    );
    const { stdout, stderr, code } = await run(`export --demo --org c --org ${labs} --org ${logistics}`);
    const all = stdout.trimEnd().split('\n');
    expect(code).toBe(0);
    expect([...all].sort()).toEqual(alone.flat().sort());
    expect(stderr).toContain(
      `Exported ${all.length.toLocaleString('en')} events. Complete: the server reports the same count`,
    );
    const csv = await run(`export --demo --org ${labs} --org ${logistics} --format csv --columns id,org.id`);
    expect(
      new Set(
        csv.stdout
          .trimEnd()
          .split('\r\n')
          .slice(1)
          .map((line) => line.split(',')[1]),
      ),
    ).toEqual(new Set([labs, logistics]));
  });

  test('one that cannot be read does not drop out silently: the rest is shown, and the exit code is 3', async () => {
    const list = await run(`list --demo --org c --org org_gone -n 5`);
    expect(list.code).toBe(3);
    expect(list.stdout.trimEnd().split('\n')).toHaveLength(6);
    expect(list.stderr).toMatch(/^Incomplete: org_gone cannot be read: .*404.* \(checked 2026-11-20 14:\d\d UTC\)\.$/m);
    const whole = await run(`export --demo --org c --org org_gone --quiet`);
    expect(whole.code).toBe(3);
    expect(whole.stdout).toBe((await run('export --demo')).stdout);
    expect(whole.stderr).toMatch(/^Exported [\d,]+ events\. Incomplete: org_gone cannot be read: /);
  });

  test('a file holds the organizations that could be read, and says so', async () => {
    const home = await makeHome();
    const { code, stderr } = await run(`export --demo --org ${labs} --org org_gone -o out.ndjson`, { home });
    expect(code).toBe(3);
    expect(stderr).toContain('Incomplete: org_gone cannot be read: ');
  });

  test('is refused when two names are the same organization', async () => {
    const own = JSON.parse((await run('list --demo -n 1 --format json')).stdout)[0].org.id;
    const { code, stdout, stderr } = await run(`list --demo --org c --org ${own}`);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('are the same organization');
  });

  test('a profile can hold several', async () => {
    const home = await makeHome();
    expect((await run(`profile add group --org c --org ${labs}`, { home })).code).toBe(0);
    expect((await run('profile list', { home })).stdout).toContain(`org=c,${labs}`);
  });
});

describe('the scopes of RPAWatch', () => {
  const accounts = async () => {
    const { stdout } = await run('export --demo --provider rpawatch --format ndjson --from 2026-11-01');
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { account_id: string; tenant_id: string });
  };

  test('--account and --tenant are asked of the server, and every row shows them', async () => {
    const all = await accounts();
    const [first] = all;
    const account = first!.account_id;
    const { stdout, stderr } = await run(
      `export --demo --provider rpawatch --from 2026-11-01 --account ${account} --tenant ${first!.tenant_id} --debug`,
    );
    expect(stdout.trimEnd().split('\n')).toHaveLength(all.filter((one) => one.account_id === account).length);
    expect(stderr).toContain(`account_id=${account}`);
    expect(stderr).toContain(`tenant_id=${first!.tenant_id}`);
    const two = [...new Set(all.map(({ account_id }) => account_id))].slice(0, 2);
    const both = await run(`export --demo --provider rpawatch --from 2026-11-01 --account ${two.join(',')} --quiet`);
    expect(both.stdout.trimEnd().split('\n')).toHaveLength(all.filter((one) => two.includes(one.account_id)).length);
  });

  test('a vendor without accounts says so', async () => {
    const { code, stderr } = await run('list --demo --account acc_1');
    expect(code).toBe(2);
    expect(stderr).toContain('--account does not apply to Invent: its entries have no account');
  });
});
