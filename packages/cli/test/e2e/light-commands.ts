/** What commands load before they do anything: help nothing but the parser of the command line, and no engine without a model. */
import { expect } from '@jest/globals';
import { loadedBy } from '../support/loaded-modules.ts';

/** Engines, and what reads videos and pictures for them. */
const ENGINES = /^(?:onnxruntime|@tensorflow\/|webgpu$|sharp$|@img\/)/;

/** @param name of a command; empty for the program itself. */
export function expectLightHelp(name: string): void {
  const { status, stdout, packages, ours, addons } = loadedBy(
    name === '' ? ['--help'] : [name, '--help'],
  );
  expect(status).toBe(0);
  expect(stdout).toContain(`Usage: loci ${name}`);
  expect(packages).toEqual(['@commander-js/extra-typings', 'commander']);
  expect(ours).toEqual(['cli']);
  expect(addons).toEqual([]);
}

/** @param message that the command prints where it has every plugin at hand. */
export function expectNoEngine(words: string, message: RegExp): void {
  const { stdout, stderr, packages, ours, addons } = loadedBy(words.split(' '));
  expect(stdout + stderr).toMatch(message);
  expect(ours).toEqual(expect.arrayContaining(['benchmarks', 'core', 'datasets', 'rewards']));
  expect(packages.filter((name) => ENGINES.test(name))).toEqual([]);
  expect(addons).toEqual([]);
}
