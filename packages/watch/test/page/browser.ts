/** Chromium for tests of the page; where there is none they are skipped, with the reason. */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

const PLACES = [
  process.env['LOCI_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Undefined where there is none. */
export const CHROMIUM = PLACES.find((path) => path !== undefined && existsSync(path));

if (CHROMIUM === undefined) {
  console.warn(
    'The live page is not tested in a browser: there is no Chromium in /usr/bin; install it (apt-get install chromium), or name one in LOCI_CHROMIUM',
  );
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox'] });
}

/** A page whose errors are gathered, those of media that are not there left out. */
export async function openPage(
  browser: Browser,
  options: { readonly colorScheme?: 'light' | 'dark'; readonly width?: number } = {},
): Promise<{ readonly page: Page; readonly errors: readonly string[] }> {
  const { colorScheme = 'light', width = 1280 } = options;
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 850 } });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('console', (message) => {
    const isOfMedia = message.location().url.includes('/media/');
    if (message.type() === 'error' && !isOfMedia) errors.push(message.text());
  });
  page.setDefaultTimeout(15_000);
  return { page, errors };
}
