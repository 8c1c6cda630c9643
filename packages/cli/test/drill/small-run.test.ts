/** The drill sees what differs between two runs and what a process left behind, and nothing else. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { filesWith, leftovers } from '../../src/drill/drill.ts';
import { differences, goingOn } from '../../src/drill/small-run.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'loci-drill-'));
  for (const run of ['one', 'other']) {
    mkdirSync(join(place, run, 'evaluations'), { recursive: true });
    writeFileSync(join(place, run, 'rollouts.jsonl'), '{"reward":1}\n');
    writeFileSync(join(place, run, 'evaluations/before.json'), '{}');
    writeFileSync(join(place, run, 'evaluations/after.json'), '{"accuracy":1}');
  }
  writeFileSync(metrics('one'), '{"step":1,"loss":0.5,"seconds/step":3.1,"speed/tokens":10}\n');
  writeFileSync(metrics('other'), '{"step":1,"loss":0.5,"seconds/step":4.7,"speed/tokens":7}\n');
});
afterEach(() => rmSync(place, { recursive: true }));
const metrics = (run: string) => join(place, run, 'metrics.jsonl');
const compare = () => differences(join(place, 'one'), join(place, 'other'));

test('times may differ', () => expect(compare()).toEqual([]));

test('losses, rollouts and evaluations may not, and nothing is left', () => {
  writeFileSync(metrics('one'), '{"step":1,"loss":0.25,"seconds/step":3.1,"speed/tokens":10}\n');
  writeFileSync(join(place, 'one/rollouts.jsonl'), '{"reward":0}\n');
  rmSync(join(place, 'one/evaluations/after.json'));
  writeFileSync(join(place, 'one/.writer-1'), '');
  writeFileSync(join(place, 'one/config.yaml.tmp'), '');
  expect([...compare()].sort()).toEqual([
    '.writer-1 is left',
    'config.yaml.tmp is left',
    'evaluations/after.json differs',
    'metrics.jsonl differs',
    'rollouts.jsonl differs',
  ]);
  expect(leftovers(join(place, 'nowhere'))).toEqual([]);
});

test('a run that got to its config is resumed, and any other begun', () => {
  expect(goingOn(place, 'one')).toContain('--run');
  writeFileSync(join(place, 'one/config.yaml'), '');
  expect(goingOn(place, 'one')).toEqual(['train', '--resume', 'one']);
});

test('a key is found in whatever file it stands', () => {
  writeFileSync(join(place, 'one/evaluations/answer.bin'), Buffer.from('\0sk-1\0'));
  expect(filesWith(place, 'sk-1')).toEqual([join(place, 'one/evaluations/answer.bin')]);
});
