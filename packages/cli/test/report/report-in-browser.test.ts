/** Reports in a browser: no width that overflows, both themes, a table of contents that leads somewhere, nothing that runs. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PredictionLine } from '@loci/core';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { report } from '../../src/commands/report.ts';
import { writeReport } from '../../src/report/write-report.ts';
import { writeSyntheticRun } from './synthetic-run.ts';

const CHROMIUM = [process.env['LOCI_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);
if (CHROMIUM === undefined) {
  console.warn(
    'Reports are not looked at in a browser: there is no Chromium in /usr/bin; install it (apt-get install chromium), or name one in LOCI_CHROMIUM',
  );
}
const inBrowser = CHROMIUM === undefined ? describe.skip : describe;

const HOSTILE = '<img src=x onerror="window.taken = true"><script>window.taken = true</script>';

/** A line of the file of answers. */
function answer(id: string, score: number, output: string, image: string): string {
  const line: PredictionLine = {
    condition: 'as-filmed',
    item: { id, task: 'counting', groups: {}, question: HOSTILE, options: [], answer: '3' },
    promptHash: 'x',
    shown: [],
    media: [{ kind: 'image', path: image }],
    prediction: { status: 'answered', output },
    verdicts: { exact: { score, answered: true, counted: true, normalised: output.slice(0, 9) } },
  };
  return `${JSON.stringify(line)}\n`;
}

inBrowser('a report', () => {
  const directory = mkdtempSync(join(tmpdir(), 'loci-report-'));
  const evaluation = join(directory, 'evaluations', 'after');
  let browser: Browser;

  beforeAll(async () => {
    await writeSyntheticRun(directory);
    const image = join(directory, 'frame.png');
    for (const [name, scores] of Object.entries({ before: [0, 1], after: [1, 0] })) {
      const rows = scores.map((score, index) =>
        answer(`item-${index}`, score, score === 1 ? '3' : HOSTILE, image),
      );
      mkdirSync(join(directory, 'evaluations', name), { recursive: true });
      writeFileSync(join(directory, 'evaluations', name, 'predictions.jsonl'), rows.join(''));
    }
    await writeReport(directory);
    writeFileSync(join(evaluation, 'evaluation.json'), '{}');
    const io = { out: { write: () => true } as unknown as NodeJS.WriteStream, userDirectory: '/' };
    await report({ folders: [evaluation] }, io);
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(() => browser?.close());

  async function open(folder: string, width: number, colorScheme: 'light' | 'dark'): Promise<Page> {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
    const page = await context.newPage();
    await page.goto(pathToFileURL(join(folder, 'report.html')).href);
    return page;
  }

  test.each([
    ['a run', directory],
    ['an evaluation', evaluation],
  ])(
    'of %s fits a phone, leads from its contents to its sections, and runs nothing that a model wrote',
    async (_, folder) => {
      for (const width of [360, 1280]) {
        const page = await open(folder, width, 'light');
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        expect(await page.evaluate('window.taken')).toBeUndefined();
        const links = await page.locator('nav.contents a').all();
        expect(links.length).toBeGreaterThan(3);
        for (const link of links) {
          const target = page.locator((await link.getAttribute('href'))!);
          expect(await target.innerText()).toBe(await link.innerText());
        }
        expect(await page.locator('section').count()).toBe(links.length);
        for (const section of await page.locator('section').all()) {
          expect(await section.locator(':scope > :not(h2)').count()).toBeGreaterThan(0);
        }
      }
      expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('&lt;img src=x onerror');
    },
    60_000,
  );

  test('of a run has charts whose lines and labels stand out on light and on dark', async () => {
    const colors = async (scheme: 'light' | 'dark'): Promise<readonly string[]> => {
      const page = await open(directory, 1280, scheme);
      const of = (selector: string, property: string): Promise<string> => {
        const element = `document.querySelector(${JSON.stringify(selector)})`;
        return page.evaluate(`getComputedStyle(${element}).getPropertyValue('${property}')`);
      };
      return [
        await of('body', 'background-color'),
        await of('.hero svg path[stroke^="var(--c"]', 'stroke'),
        await of('.hero svg text', 'fill'),
      ];
    };
    const [light, dark] = [await colors('light'), await colors('dark')];
    expect(light).toEqual(['rgb(255, 255, 255)', 'rgb(11, 104, 168)', 'rgb(91, 101, 112)']);
    expect(dark).toEqual(['rgb(20, 23, 27)', 'rgb(93, 178, 240)', 'rgb(154, 164, 175)']);
  }, 60_000);

  test('of a run shows what was learned and lost, with question, truth and both answers', async () => {
    const page = await open(directory, 1280, 'light');
    const text = await page.locator('main').innerText();
    expect(text).toMatch(/Learned[^]*truth 3[^]*before[^]*after 3/);
    expect(text).toContain('Lost');
    expect(await page.locator('.card .frames img').count()).toBeGreaterThan(1);
    const sections = await page.locator('h2').allInnerTexts();
    expect(sections).not.toContain('Alerts');
  }, 60_000);

  test('of an evaluation names its score, and shows failures before right answers', async () => {
    const page = await open(evaluation, 1280, 'light');
    expect(await page.locator('h1').innerText()).toMatch(/^75\.0 % on .*2 items/);
    const titles = await page.locator('h2').allInnerTexts();
    expect(titles.slice(0, 3)).toEqual(['Scores', 'Failures', 'Right answers']);
    expect(titles.at(-1)).toBe('All items');
    expect(await page.locator('section .frames img').count()).toBe(2);
  }, 60_000);
});
