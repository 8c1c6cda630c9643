/** The file from which `--help` reads the keys, against the schemas. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { BUNDLED_START_MODEL, HELP_KEYS_FILE } from '../../src/assets.ts';
import { helpKeysText } from '../../src/help/help-keys.ts';
import { helpTexts } from '../../src/help/help-texts.ts';

describe('the keys that --help lists', () => {
  test('are those that the code accepts: after a change, run npx nx run cli:help-keys', () => {
    expect(readFileSync(HELP_KEYS_FILE, 'utf8')).toBe(helpKeysText());
  });

  test('name no folder of the machine on which they were written, and the one on which they are read', () => {
    expect(helpKeysText()).not.toContain(BUNDLED_START_MODEL);
    expect(helpTexts().configKeys().replaceAll(/\s+/g, ' ')).toContain(
      `default ${BUNDLED_START_MODEL})`,
    );
  });

  test('have the options of default plugins behind their part', () => {
    const { configKeys, roomsKeys, recipeKeys, sceneKeys } = helpTexts();
    expect(configKeys()).toMatch(/policy\.use .*\n[^]*policy\.provider .*\n[^]*dataset\.use /);
    expect(roomsKeys()).toMatch(/^ {2}dataset\.trainScenes /m);
    expect(recipeKeys()).toMatch(/^ {2}warmUp\.steps /m);
    expect(sceneKeys()).toMatch(/^ {2}clear\.sizeM /m);
  });
});
