import { describe, expect, test } from '@jest/globals';
import { SWIFT_RULES, VERL_RULES, ruleFor } from '@loci/cluster';
import type { RuleBook } from '@loci/cluster';
import { PART_KEYS, runConfigSchema } from '@loci/core';
import { bundledPlugins } from '../../src/compose.ts';
import { leavesOf } from './leaves.ts';

/** Where a config says the options of a kind. */
const PLACES: Readonly<Record<string, string>> = {
  reward: 'rewards.0.options',
  sink: 'sinks.0',
};

const OF_RUN = leavesOf(runConfigSchema, '').filter(
  (key) => !PART_KEYS.some((part) => key === part || key.startsWith(`${part}.`)),
);
/** Of every bundled plugin, the other trainers aside. */
const ofPlugins = (engine: string) =>
  bundledPlugins.flatMap(({ kind, name, options }) => {
    if (kind === 'trainer' && name !== engine) return [];
    return leavesOf(options, PLACES[kind] ?? kind).map((key) => [`${kind} ${name}`, key] as const);
  });
const OF_PARTS = PART_KEYS.map((part) => `${part}.use`);

describe.each([
  ['verl', VERL_RULES as RuleBook],
  ['ms-swift', SWIFT_RULES as RuleBook],
])('every setting has a fate on %s', (engine, book) => {
  test('those of a run', () => {
    expect(OF_RUN.length).toBeGreaterThan(60);
    expect(OF_RUN.filter((key) => ruleFor(book, key) === undefined)).toEqual([]);
  });

  test('the plugins of a run, and every option of the bundled ones', () => {
    expect(OF_PARTS.filter((key) => ruleFor(book, key) === undefined)).toEqual([]);
    const options = ofPlugins(engine);
    expect(options.length).toBeGreaterThan(200);
    const lost = options.filter(([, key]) => ruleFor(book, key) === undefined);
    expect(lost).toEqual([]);
  });
});
