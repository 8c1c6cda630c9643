/** What commands load before they do anything: help nothing but the parser of the command line, and no engine without a model. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { actions } from '../../src/actions.ts';
import { helpTexts } from '../../src/help/help-texts.ts';
import { createProgram } from '../../src/program.ts';
import { loadedBy } from '../support/loaded-modules.ts';

const program = createProgram(actions({ out: process.stdout, userDirectory: '/' }), helpTexts());
const COMMANDS = program.commands.map((command) => command.name());

/** Engines, and what reads videos and pictures for them. */
const ENGINES = /^(?:onnxruntime|@tensorflow\/|webgpu$|sharp$|@img\/)/;

test('the record holds ES modules, CommonJS modules and native code', () => {
  const script = join(mkdtempSync(join(tmpdir(), 'loci-start-')), 'script.mjs');
  writeFileSync(script, `await import('${import.meta.resolve('sharp')}');`);
  const { packages, addons } = loadedBy([], script);
  expect(packages).toContain('sharp');
  expect(addons).toEqual([expect.stringMatching(/^addon .*sharp.*\.node$/)]);
});

test.each(['', ...COMMANDS])(
  'help of "loci %s" loads the parser of the command line and no package of ours but the program',
  (name) => {
    const { status, stdout, packages, ours, addons } = loadedBy(
      name === '' ? ['--help'] : [name, '--help'],
    );
    expect(status).toBe(0);
    expect(stdout).toContain(`Usage: loci ${name}`);
    expect(packages).toEqual(['@commander-js/extra-typings', 'commander']);
    expect(ours).toEqual(['cli']);
    expect(addons).toEqual([]);
  },
);

test.each([
  ['plugins', /policy onnx: /],
  ['check-data --data absent', /absent/],
  ['validate --set steps=x', /steps: /],
  ['score --rollouts absent', /rollouts-unreadable/],
  ['serve-rewards --set steps=x', /steps: /],
  ['evaluate --rescore absent', /no-evaluation/],
])('"loci %s" has every plugin at hand and no engine loaded', (words, message) => {
  const { stdout, stderr, packages, ours, addons } = loadedBy(words.split(' '));
  expect(stdout + stderr).toMatch(message);
  expect(ours).toEqual(expect.arrayContaining(['benchmarks', 'core', 'datasets', 'rewards']));
  expect(packages.filter((name) => ENGINES.test(name))).toEqual([]);
  expect(addons).toEqual([]);
});
