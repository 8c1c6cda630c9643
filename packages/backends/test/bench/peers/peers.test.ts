import { expect, test } from '@jest/globals';
import { readFlags } from '../../../src/bench/flags.ts';
import { casesOf } from '../../../src/bench/peers/bench-peers.ts';
import { peersOf } from '../../../src/bench/peers/peers.ts';
import type { PeerSettings } from '../../../src/bench/peers/peers.ts';

const SETTINGS: PeerSettings = { shape: 'small', vl: false, threads: 2, tokens: 128, seconds: 9 };

test('text is compared with compiled PyTorch, TRL and the loop, video with what can see one', () => {
  const names = (settings: PeerSettings) => peersOf(settings).map(({ name }) => name);
  expect(names(SETTINGS)).toEqual(['compiled PyTorch', 'TRL', 'SpaceR-like loop']);
  expect(names({ ...SETTINGS, vl: true })).toEqual(['compiled PyTorch', 'SpaceR-like loop']);
});

test('a peer takes the step of the shape', () => {
  const [torch, trl, loop] = peersOf(SETTINGS);
  expect(torch!.words.join(' ')).toBe(
    '--hidden 128 --layers 4 --heads 4 --ffn 512 --vocab 1024 --generations 8 --prompt 128 --new 128 --threads 2 --max-seconds 9 --compile both --cpp-wrapper',
  );
  expect(trl!.words.slice(0, 2)).toEqual(['--mode', 'trl']);
  expect(loop!.words.slice(0, 2)).toEqual(['--mode', 'loop-text']);
  const [large, video] = peersOf({ ...SETTINGS, shape: 'large', vl: true });
  expect(large!.words.slice(-4)).toEqual(['--compile', 'both', '--pack', '--vl']);
  expect(video!.words.slice(0, 2)).toEqual(['--mode', 'loop-vl']);
});

test('all shapes are those that are published', () => {
  const cases = casesOf(readFlags(['--peers', 'python3', '--shape', 'all', '--vl']));
  expect(cases.map(({ label }) => label)).toEqual(['small, video', 'large, video']);
  expect(() => casesOf(readFlags(['--shape', 'huge']))).toThrow(/tiny, small, large, all/);
});
