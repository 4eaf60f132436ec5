import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Stopped } from '../src/context.js';
import { makeHome, NOW, ROOT, run } from './helpers/world.js';

/** A section of a how-to page with commands in it. */
interface Recipe {
  readonly title: string;
  readonly lines: readonly string[];
}

/** The sections of the how-to pages; those that are not held to what they show are run by test/readme.test.ts. */
const recipes: readonly Recipe[] = ['security', 'admin', 'compliance']
  .map((name) => readFileSync(join(ROOT, `docs/howto/${name}.md`), 'utf8'))
  .flatMap((page) => page.split(/^## /m).slice(1))
  .map((section) => ({
    title: section.slice(0, section.indexOf('\n')),
    lines: [...section.matchAll(/^auditlog (.+)$/gm)].map(([, line = '']) => line),
  }))
  .filter(({ lines, title }) => lines.length > 0 && title !== 'As it happens');

/** What the last line of each recipe shows, at least. */
const SHOWS: Readonly<Record<string, RegExp>> = {
  'Security audit: who came, left or changed role, and what was connected': /Member Removed .*Rowan Pike/,
  'Role changes, with the role before and after': /Member Role Changed .* role: \w+ → \w+/,
  'API keys made by anyone but the usual people': /Rowan Pike .* API Key Created +backup/,
  'Who made this API key':
    /^API Key Created\n\n[\s\S]*Who +Rowan Pike <rowan\.pike@lumenharbor\.example>[\s\S]*From +MD 192\.0\.2\.203/,
  'Changes outside business hours': /Rowan Pike .* Deleted .* MD 192\.0\.2\.203/,
  'Mass deletions': /\n2026-11-14T02:00Z +rowan\.pike@lumenharbor\.example +44 /,
  'Around a moment': /(?:Rowan Pike .* MD 192\.0\.2\.203.*\n){40}/,
  'Who acted from where': /\nrowan\.pike@lumenharbor\.example,MD,45,/,
  'What one address did': /(?:Rowan Pike .* MD 192\.0\.2\.203.*\n){45}$/,
  'Watch deletions as they happen': /^Actor +Event/,
  'Offboarding: when was this user removed, and by whom':
    /^Member Removed\n[\s\S]*Who +Priya Raghunathan[\s\S]*Target +Rowan Pike/,
  'Onboarding: was the invitation accepted, and what was granted': /Member Joined[\s\S]*Member Invited/,
  'Everything that one person did before leaving': /(?:Rowan Pike .*\n){46}/,
  'Who does what, as a team': /^Actor +Kind +Events +Share\n/,
  'When people work': /\nMon [·░▒▓█]{48} +\d+\n[\s\S]*Events in an hour of the week: /,
  'Who changed the settings': /Organization Updated/,
  'Something stopped working: what was changed since yesterday': /Updated/,
  'What happened to one thing': /Connection (?:Updated|Created|Deleted) +Stripe Payments/,
  'Billing: changes of plans and subscriptions': /Subscription Changed/,
  'Billing: everything that names an invoice': /Organization Enabled[\s\S]*Organization Disabled/,
  'Who changed the credentials of a robot': /Settings Updated/,
  'A month as a file, with proof that it is whole': /^1 of 1 manifests valid, 1 of 1 files valid: no difference\n/,
  'A file a day, sealed in a chain': /^7 of 7 manifests valid, 7 of 7 files valid: no difference\n/,
  'How many events a month': /^Month +Events +Share\n2025-11 [\s\S]*\n2026-10 .*\ntotal /,
  'Ask an export instead of the API': /^$/,
};

describe('the recipes', () => {
  test('are all held to what they show', () => {
    expect(recipes.map(({ title }) => title).sort()).toEqual(Object.keys(SHOWS).sort());
    for (const { title, lines } of recipes) expect(lines.length, title).toBeGreaterThan(0);
  });

  test.each(recipes)('$title', async ({ title, lines }) => {
    const home = await makeHome();
    let shown = '';
    for (const line of lines) {
      const stop = new AbortController();
      const { code, stdout, stderr } = await run(line, {
        home,
        now: NOW,
        signal: stop.signal,
        // Whoever watches ends it when there is nothing more to see.
        onStderr: (text) => {
          if (text.includes('Ctrl-C ends it')) stop.abort(new Stopped('SIGINT'));
        },
      });
      expect(code, `${line}\n${stderr}`).toBe(0);
      shown = stdout;
    }
    expect(shown).toMatch(SHOWS[title] ?? /nothing is said of it/);
  });
});
