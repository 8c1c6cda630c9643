import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { DEFAULTS, readRunConfig } from '../src/defaults.ts';
import { readStoredConfig, resumedRun } from '../src/resumed-run.ts';

let root: string;
let run: string;
let checkpoint: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'loci-resume-'));
  run = join(root, 'run');
  checkpoint = join(run, 'checkpoints', 'step-000010');
  mkdirSync(checkpoint, { recursive: true });
  writeFileSync(join(checkpoint, 'trainer-state.json'), '{}');
  writeFileSync(join(run, 'config.yaml'), stringify({ ...DEFAULTS, steps: 4, seed: 7 }));
});

describe('what --resume names', () => {
  const io = () => ({ userDirectory: root });

  test('is the folder of a run', () => {
    expect(resumedRun({ resume: 'run' }, io())).toBe(run);
    expect(resumedRun({ resume: 'run', run }, io())).toBe(run);
  });

  test.each(['run/checkpoints/step-000010', 'run/checkpoints', 'run/config.yaml'])(
    'points to the run where it is a part of one: %s',
    (resume) => {
      expect(() => resumedRun({ resume }, io())).toThrow(`--resume ${run}`);
    },
  );

  test.each([
    ['absent', /There is no folder/],
    ['.', /has no run to resume/],
  ])('is refused where there is none: %s', (resume, message) => {
    expect(() => resumedRun({ resume }, io())).toThrow(message);
  });

  test('cannot be moved with --run', () => {
    expect(() => resumedRun({ resume: 'run', run: 'elsewhere' }, io())).toThrow(
      new RegExp(`${run}, but --run names ${join(root, 'elsewhere')}`),
    );
  });
});

describe('the config of a resumed run', () => {
  const stored = () => join(run, 'config.yaml');
  const read = (more: { readonly config?: string; readonly set?: readonly string[] } = {}) =>
    readRunConfig({ set: [], stored: stored(), ...more }, { userDirectory: root });

  test('is its own, with --config and --set over it', () => {
    expect(read().config).toMatchObject({ steps: 4, seed: 7 });
    writeFileSync(join(root, 'new.yaml'), 'steps: 9\nsampler: { temperature: 0.5 }\n');
    const { config, origin } = read({ config: 'new.yaml', set: ['checkpoint.keep=3'] });
    expect(config).toMatchObject({
      steps: 9,
      seed: 7,
      sampler: { temperature: 0.5, maxNewTokens: 112 },
      checkpoint: { keep: 3 },
    });
    expect(origin.describe(['steps'])).toContain('new.yaml');
    expect(origin.describe(['seed'])).toContain(stored());
  });

  test('refers to the environment as the stored one does, unless a flag changes the value', () => {
    const policy = { ...DEFAULTS.policy, token: '${LOCI_TEST_TOKEN}' };
    writeFileSync(stored(), stringify({ version: 3, ...DEFAULTS, policy }));
    process.env['LOCI_TEST_TOKEN'] = 'secret';
    const at = ['policy', 'token'];
    const again = read({ set: ['seed=3'] });
    expect(again.config.policy).toMatchObject({ token: 'secret' });
    expect(again.origin.referenceAt(at)).toMatchObject({ text: '${LOCI_TEST_TOKEN}' });
    expect(again.origin.sourceOf(at)).toMatchObject({ kind: 'file', file: stored() });
    expect(again.origin.sourceOf(['seed'])).toEqual({ kind: 'set', setting: 'seed=3' });
    for (const set of ['policy.token=plain', 'policy.use=other']) {
      expect(read({ set: [set] }).origin.referenceAt(at)).toBeUndefined();
    }
  });

  test('is not read when a --config is missing', () => {
    expect(() => read({ config: 'absent.yaml' })).toThrow(/Cannot read the config .*absent\.yaml/);
  });

  test.each([
    ['empty', '', /is empty/],
    ['blank', '\n', /has no seed/],
    ['cut short', undefined, /has no .*sinks/],
  ])('is refused when the stored one is %s', (_, text, message) => {
    const whole = readFileSync(stored(), 'utf8');
    writeFileSync(stored(), text ?? whole.slice(0, whole.indexOf('sinks:')));
    expect(() => readStoredConfig(stored())).toThrow(message);
  });
});
