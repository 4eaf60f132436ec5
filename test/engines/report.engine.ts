import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../helpers/world.js';
import { hostileEntries, usualEntries } from '../report/entries.js';
import { engine, output, testWith } from './engine.js';

/** The report in a real browser: looked at, filtered, opened, printed, and attacked. Pictures go to AUDITLOG_PICTURES, if that is set. */
const CHROMIUM = '/usr/bin/chromium';
const browserVersion = await engine(CHROMIUM, '--version');
const pdfVersion = await engine('pdftoppm', '-v');

let folder = '';
let browser: Browser | undefined;
const pictures = process.env.AUDITLOG_PICTURES;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auditlog-report-'));
  if (pictures !== undefined) mkdirSync(pictures, { recursive: true });
  if (browserVersion !== undefined)
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Opened {
  readonly page: Page;
  /** What went wrong: messages of the console, errors, requests. */
  readonly trouble: string[];
  readonly ms: number;
}

async function open(path: string, options: { dark?: boolean; script?: boolean } = {}): Promise<Opened> {
  const context = await browser!.newContext({
    viewport: { width: 1280, height: 900 },
    colorScheme: options.dark === true ? 'dark' : 'light',
    javaScriptEnabled: options.script !== false,
  });
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on('console', (message) => trouble.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    trouble.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== `file://${path}`) trouble.push(`request: ${request.url()}`);
  });
  const start = performance.now();
  await page.goto(`file://${path}`);
  if (options.script !== false) await page.waitForSelector('#browser:not([hidden]) #rows tr[data-at="0"]');
  return { page, trouble, ms: performance.now() - start };
}

async function report(name: string, args: readonly string[]): Promise<string> {
  const path = join(folder, `${name}.html`);
  const ran = await runCli(['report', '-o', path, '--force', '--quiet', ...args]);
  expect(ran).toMatchObject({ code: 0, stdout: '' });
  return path;
}

async function picture(page: Page, name: string, selector?: string): Promise<void> {
  if (pictures === undefined) return;
  const path = join(pictures, `${name}.png`);
  if (selector === undefined) await page.screenshot({ path });
  else await page.locator(selector).screenshot({ path });
}

/** No element is wider than the window, but those that scroll. */
function tooWide(page: Page): Promise<number> {
  return inPage(page, 'document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** The value of an expression in the page. As text: its types are those of a browser. */
function inPage<Value>(page: Page, expression: string): Promise<Value> {
  return page.evaluate(expression) as Promise<Value>;
}

describe('a report in a browser', () => {
  testWith(browserVersion, 'shows each section, filters, sorts and opens an event, in light and dark', async () => {
    const path = await report('demo', ['--demo', '--from', '30d']);
    for (const dark of [false, true]) {
      const { page, trouble } = await open(path, { dark });
      for (const id of ['cover', 'overview', 'review', 'events'])
        await picture(page, `${dark ? 'dark' : 'light'}-${id}`, `#${id}`);
      expect(await tooWide(page)).toBe(0);
      const all = Number((await page.textContent('#found'))!.replace(/\D/g, ''));
      expect(all).toBeGreaterThan(500);
      await page.fill('#search', 'rowan deleted');
      expect(await page.textContent('#found')).toMatch(/^\d+ of /);
      await page.selectOption('#section', { label: 'Deletions in bursts' });
      expect(await page.textContent('#found')).toMatch(/^44 of /);
      await picture(page, `${dark ? 'dark' : 'light'}-filtered`);
      await page.click('#events button[type=reset]');
      await page.selectOption('#section', { label: 'Role changes' });
      await page.click('#rows tr[data-at="0"]');
      await page.waitForSelector('#detail .changes');
      await expect.poll(() => page.textContent('#detail pre')).toContain('"action": "member.role_changed"');
      await picture(page, `${dark ? 'dark' : 'light'}-detail`);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Escape');
      expect(await inPage(page, "document.activeElement?.getAttribute('data-at')")).toBe('1');
      expect(trouble).toEqual([]);
      await page.context().close();
    }
  });

  testWith(browserVersion, 'can be used with the keyboard, and tells a screen reader what it is', async () => {
    const { page, trouble } = await open(await report('keys', ['--demo', '--from', '30d']));
    await page.click('#table thead button[data-column="1"]');
    expect(await page.getAttribute('#table thead th.c-who', 'aria-sort')).toBe('ascending');
    expect(await page.getAttribute('#table thead th.c-time', 'aria-sort')).toBe('none');
    const rows = Number(await page.getAttribute('#table', 'aria-rowcount'));
    await page.focus('#rows tr[data-at="0"]');
    await page.keyboard.press('End');
    expect(await inPage(page, "document.activeElement?.getAttribute('aria-rowindex')")).toBe(String(rows));
    await page.keyboard.press('Home');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('Enter');
    expect(await page.isVisible('#detail')).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.isVisible('#detail')).toBe(false);
    const roles = await page.locator('main').ariaSnapshot();
    for (const part of [
      'heading "Overview" [level=2]',
      'heading "Role changes',
      'table "All events"',
      'search "Filter the events"',
    ])
      expect(roles).toContain(part);
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  testWith(browserVersion, 'on a phone the tables of the review scroll, and no column is squeezed', async () => {
    const { page } = await open(await report('phone', ['--demo', '--from', '30d', '--access']));
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await tooWide(page)).toBe(0);
    const narrowest = await inPage<number>(
      page,
      "Math.min(...[...document.querySelectorAll('.list td:not(.num)')].map((cell) => cell.clientWidth))",
    );
    expect(narrowest).toBeGreaterThan(60);
    await picture(page, 'phone-roles', '#roles');
    await page.context().close();
  });

  testWith(browserVersion, 'works without JavaScript, except for the table, and says so', async () => {
    const { page } = await open(await report('still', ['--demo', '--from', '30d']), { script: false });
    expect(await page.isVisible('#overview svg')).toBe(true);
    expect(await page.isVisible('#roles table')).toBe(true);
    expect(await page.isVisible('#browser')).toBe(false);
    expect(await page.textContent('noscript')).toContain('The table needs JavaScript');
    await page.context().close();
  });

  testWith(browserVersion, '10,000 hostile entries run no script, send no request and break no layout', async () => {
    const file = join(folder, 'hostile.ndjson');
    writeFileSync(file, hostileEntries(10_000));
    const { page, trouble } = await open(
      await report('hostile', ['--input', file, '--title', '</title><script>alert(1)</script>']),
    );
    expect(await page.title()).toBe('</title><script>alert(1)</script>');
    expect(await inPage(page, "Object.hasOwn(window, 'pwned')")).toBe(false);
    // Only what the program itself writes: two blocks of data, the script and the record.
    expect(await page.locator('script').count()).toBe(4);
    expect(await page.locator('img, iframe, object, embed, link, base, form[action], a:not([href^="#"])').count()).toBe(
      0,
    );
    expect(await page.locator('[onerror], [onload], [onclick], [style*="url"]').count()).toBe(0);
    expect(await tooWide(page)).toBe(0);
    const height = await inPage<number>(
      page,
      "Math.max(...[...document.querySelectorAll('#rows tr[data-at]')].map((row) => row.getBoundingClientRect().height))",
    );
    expect(height).toBeLessThan(36);
    for (let at = 0; at < 40; at += 1) {
      await inPage(page, `document.getElementById('viewport').scrollTo(0, ${at * 8500})`);
      await page.waitForTimeout(10);
      await page.locator('#rows tr[data-at]').nth(14).click();
      await page.waitForSelector('#detail[open] dl');
      expect(
        await inPage(
          page,
          "document.getElementById('detail').scrollWidth - document.getElementById('detail').clientWidth",
        ),
      ).toBe(0);
      if (at === 3) await picture(page, 'hostile-detail');
      await page.keyboard.press('Escape');
    }
    for (const id of ['cover', 'overview', 'review']) {
      await picture(page, `hostile-${id}`, `#${id}`);
      expect(await page.textContent(`#${id}`)).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\u2028]/);
    }
    await page.fill('#search', '<script>');
    await page.waitForTimeout(50);
    await picture(page, 'hostile-events', '#events');
    expect(trouble).toEqual([]);
    expect(await inPage(page, "Object.hasOwn(window, 'pwned')")).toBe(false);
    await page.context().close();
  });

  testWith(browserVersion, 'the policy stops a script that was put into the file', async () => {
    const path = await report('attacked', ['--demo', '--from', '30d']);
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(
        '<main id="main">',
        '<main id="main"><script>window.pwned=1</script><img src="https://attacker.example/x.png">',
      ),
    );
    const { page, trouble } = await open(path);
    expect(await inPage(page, "Object.hasOwn(window, 'pwned')")).toBe(false);
    expect(trouble.filter((one) => one.includes('Content Security Policy')).length).toBeGreaterThanOrEqual(2);
    await page.context().close();
  });

  testWith(browserVersion, '50,000 events open in under three seconds and filter in under 200 ms', async () => {
    const file = join(folder, 'many.ndjson');
    writeFileSync(file, usualEntries(50_000));
    const path = await report('many', ['--input', file]);
    // The best of three: the machine may have other things to do.
    const opened = [await open(path), await open(path), await open(path)];
    const ms = Math.min(...opened.map((one) => one.ms));
    process.stdout.write(`50,000 events: open ${opened.map((one) => Math.round(one.ms)).join(', ')} ms\n`);
    const { page, trouble } = opened[0]!;
    for (const other of opened.slice(1)) await other.page.context().close();
    expect(await page.textContent('#found')).toBe('50,000 events');
    await page.waitForTimeout(2000);
    // Reading a size forces the layout.
    const filtered = await inPage<number[]>(
      page,
      `['person 17', 'deleted', 'assistant number 3 updated', 'nothing at all', ''].map((text) => {
        const search = document.getElementById('search');
        const once = () => {
          const start = performance.now();
          search.value = text;
          search.dispatchEvent(new Event('input', { bubbles: true }));
          document.getElementById('viewport').getBoundingClientRect();
          return Math.round(performance.now() - start);
        };
        return Math.min(once(), once(), once());
      })`,
    );
    process.stdout.write(`50,000 events: filter ${filtered.join(', ')} ms\n`);
    expect(ms).toBeLessThan(3000);
    expect(Math.max(...filtered)).toBeLessThan(200);
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  testWith(
    browserVersion && pdfVersion,
    'is printed on A4 and Letter: cover, overview and review, without the table',
    async () => {
      const { page } = await open(await report('paper', ['--demo', '--from', '30d']));
      for (const format of ['A4', 'Letter']) {
        const pdf = join(folder, `${format}.pdf`);
        await page.pdf({ path: pdf, format });
        const text = await output('pdftotext', ['-layout', pdf, '-']);
        for (const part of ['How to verify', 'Events by day', 'Weekday and hour', 'Deletions in bursts', 'Rowan Pike'])
          expect(text).toContain(part);
        expect(text).not.toContain('Save as NDJSON');
        if (pictures !== undefined) await output('pdftoppm', ['-r', '60', '-png', pdf, join(pictures, format)]);
      }
      await page.context().close();
    },
  );
});

test('the file to look at is there', () => {
  expect(folder).not.toBe('');
});
