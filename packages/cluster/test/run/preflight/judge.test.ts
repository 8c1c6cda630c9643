import { describe, expect, test } from '@jest/globals';
import { judge } from '../../../src/run/preflight/judge.ts';
import type { ClusterNeeds } from '../../../src/run/preflight/judge.ts';
import { reportIn } from '../../../src/run/preflight/report.ts';
import type { PreflightReport } from '../../../src/run/preflight/report.ts';
import { isWithin } from '../../../src/run/preflight/version-range.ts';

test.each([
  ['0.18.0', '>=0.18', true],
  ['0.17.9', '>=0.18', false],
  ['0.9.0.dev0', '==0.9', true],
  ['0.10.0', '==0.9', false],
  ['5.11.0', '>=5.5.3 <5.11', false],
  ['5.5.3', '>=5.5.3 <5.11', true],
  ['5.5', '>=5.5.3', false],
  ['0.18.1+cu128', '>=0.18.1', true],
])('version %s within %s: %s', (version, range, holds) => {
  expect(isWithin(version, range)).toBe(holds);
});

const needs: ClusterNeeds = {
  engine: 'verl v0.9.0',
  packages: { ray: '>=2.41', verl: '==0.9', vllm: '>=0.18' },
  nodes: 2,
  gpusPerNode: 8,
  storage: '/mnt/loci',
  model: '/mnt/models/qwen',
  rewardsUrl: 'http://127.0.0.1:8181',
};

const versions = { ray: '2.58.0', verl: '0.9.0', vllm: '0.18.2' };

function node(address: string, change: Readonly<Record<string, unknown>> = {}) {
  const fine = { ok: true, text: 'fine' };
  const media = [{ path: '/mnt/loci/a.mp4', ...fine }];
  return {
    address,
    host: '',
    gpus: 8,
    python: '3.11.0',
    versions,
    storage: fine,
    media,
    probe: fine,
    ...change,
  };
}

function found(
  second: Readonly<Record<string, unknown>> = {},
  rest: Readonly<Record<string, unknown>> = {},
): PreflightReport {
  const tokenizer = { ok: true, kept: { '<think>': true } };
  const report = { nodes: [node('10.0.0.2'), node('10.0.0.3', second)], tokenizer, ...rest };
  return reportIn(`before\nLOCI-PREFLIGHT ${JSON.stringify(report)}\nafter`)!;
}

const bad = (text: string) => ({ ok: false, text });

describe('a preflight', () => {
  test('passes a cluster that has all', () => {
    const { passed, failed } = judge(found(), needs);
    expect(failed).toEqual([]);
    expect(passed).toEqual([
      '2 nodes answered',
      'ray 2.58.0, verl 0.9.0, vllm 0.18.2',
      'GPUs: 8 + 8',
      'all nodes see /mnt/loci',
      'the first row opens on every node (fine)',
      'every node had one sample scored',
      'the tokenizer keeps the tags',
    ]);
  });

  test.each([
    [
      'a package that is missing',
      { versions: { ...versions, vllm: null } },
      /vllm is not installed on node 10\.0\.0\.3, .*needs >=0\.18.*pip install "vllm>=0\.18"/u,
    ],
    [
      'an old package',
      { versions: { ...versions, verl: '0.8.1' } },
      /verl is 0\.8\.1 on node 10\.0\.0\.3.*verl v0\.9\.0/u,
    ],
    [
      'GPUs that are too few',
      { gpus: 4 },
      /2 nodes with 8 GPUs each.*10\.0\.0\.3: 4.*trainer\.gpusPerNode/u,
    ],
    [
      'storage that a node does not see',
      { storage: bad('no file') },
      /10\.0\.0\.3 does not see the storage \/mnt\/loci \(no file\).*mount/u,
    ],
    [
      'a video that does not open',
      { media: [{ path: '/mnt/loci/a.mp4', ...bad('moov atom') }] },
      /10\.0\.0\.3 cannot open \/mnt\/loci\/a\.mp4 \(moov atom\)/u,
    ],
    [
      'a reward server out of reach',
      { probe: bad('refused') },
      /10\.0\.0\.3 could not have a sample scored.*is the node itself.*advertise/u,
    ],
    [
      'a node that is silent',
      { error: 'GetTimeoutError' },
      /node 10\.0\.0\.3 did not answer.*ray status/u,
    ],
  ])('names %s, with what to do', (_, change, expected) => {
    expect(judge(found(change), needs).failed.join('\n')).toMatch(expected);
  });

  test('refuses a tokenizer that strips our tags', () => {
    const tokenizer = { ok: true, kept: { '<think>': true, '</answer>': false } };
    expect(judge(found({}, { tokenizer }), needs).failed).toEqual([
      expect.stringMatching(
        /has <\/answer> as special tokens.*every format reward would be 0.*"special": false/u,
      ),
    ]);
  });

  test('without a report gives none', () => {
    expect(reportIn('Traceback\n')).toBeUndefined();
    expect(() => reportIn('LOCI-PREFLIGHT {')).toThrow(
      expect.objectContaining({ code: 'preflight-unreadable' }),
    );
  });
});
