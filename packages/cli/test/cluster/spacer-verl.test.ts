/** What configs/spacer-verl.yaml makes on a generated folder, read back as the engines read it. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createProcessor } from '@loci/backends';
import { readRunConfig } from '../../src/defaults.ts';
import { exportJob } from '../../src/commands/export.ts';
import { openRun } from '../../src/open-run.ts';
import { writeRehearsalFolder } from '../../src/rehearsal/rehearsal-folder.ts';
import { writeTinyModel } from '../../src/rehearsal/tiny-model.ts';

const CONFIG = resolve(import.meta.dirname, '../../../../configs/spacer-verl.yaml');
const TEXTS = [
  'Think about the room, draw the map if it helps, and answer with a letter or number.',
];
const RECORDS = 20;

const home = mkdtempSync(join(tmpdir(), 'loci-elsewhere-'));
const model = (name: string): string => join(home, name);
const settings = (name: string): readonly string[] => [
  `policy.model=${model(name)}`,
  `dataset.folder=${join(home, 'data')}`,
  // The least area of an image that the preprocessing of Qwen3-VL leaves alone.
  ...(name === 'qwen3-vl' ? ['prompt.imagePixels=[65536, 200704]'] : []),
];

beforeAll(async () => {
  await writeRehearsalFolder(join(home, 'data'), { records: RECORDS, videos: 2, rooms: 2 });
  for (const architecture of ['qwen2-5-vl', 'qwen3-vl']) {
    const options = { seed: 1, texts: TEXTS, maxTokens: 32_768, architecture };
    await writeTinyModel(model(architecture), options);
  }
}, 60_000);

const out = new PassThrough() as unknown as NodeJS.WriteStream;
/** What exports told programs, newest last. */
const results: unknown[] = [];
const io = { out, userDirectory: home, result: (found: unknown) => void results.push(found) };

async function exported(
  to: 'verl' | 'ms-swift',
  architecture: string,
  set: readonly string[] = [],
): Promise<string> {
  const folder = join(home, `${to}-${architecture}`);
  const more = [...settings(architecture), ...set];
  const storage = join(home, 'storage');
  const trainer = to === 'verl' ? [`trainer.storage=${storage}`] : [];
  await exportJob({ config: [CONFIG], set: [...more, ...trainer], to, out: folder, storage }, io);
  return folder;
}

interface JobFile {
  readonly entrypoint: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly rows: {
    readonly leftOut: readonly object[];
    readonly train: string;
    readonly trainCount: number;
    readonly longestPrompt: number;
  };
}

const jobIn = (folder: string): JobFile =>
  JSON.parse(readFileSync(join(folder, 'job.json'), 'utf8')) as JobFile;

/** Tokens of each training prompt, by the processor that a run here has. */
async function promptTokens(architecture: string): Promise<readonly number[]> {
  const source = { config: CONFIG, set: [...settings(architecture), 'trainer=local'] };
  const logger = { info: () => undefined, warn: () => undefined };
  const run = await openRun(source, io, { logger });
  const processor = await createProcessor(String(readRunConfig(source, io).config.policy['model']));
  const samples = await (await run.dataset()).open('train');
  const prompt = await run.prompt();
  const tokens: number[] = [];
  for (let index = 0; index < samples.size; index++) {
    const { tokenIds } = await processor.encode(prompt.render(await samples.at(index)));
    tokens.push(tokenIds.length);
  }
  await samples.close();
  await run.dispose();
  return tokens;
}

describe('configs/spacer-verl.yaml', () => {
  test.each([
    ['qwen2-5-vl', 14],
    ['qwen3-vl', 16],
  ])(
    '%s: the longest prompt is the one that a run here counts, and the patch size is the model’s',
    async (architecture, patch) => {
      const job = jobIn(await exported('verl', architecture));
      const tokens = await promptTokens(architecture);
      expect(job.rows).toMatchObject({ trainCount: RECORDS, longestPrompt: Math.max(...tokens) });
      const words = job.entrypoint.split(' ');
      expect(words).toContain(`data.max_prompt_length=${job.rows.longestPrompt}`);
      expect(words).toContain(`data.image_patch_size=${patch}`);
      expect(words).toContain(
        `data.train_files=${join(home, 'storage')}/verl-${architecture}/rows/train.parquet`,
      );
      expect(existsSync(job.rows.train)).toBe(true);
      const { entrypoint, rows } = job;
      expect(results.at(-1)).toMatchObject({ engine: 'verl', entrypoint, rows });
    },
    60_000,
  );

  test('a picture that the engine would scale once more gets no row, and the reason is told', async () => {
    const small = ['prompt.imagePixels=[3136, 6000]'];
    const { rows } = jobIn(await exported('verl', 'qwen3-vl', small));
    expect(rows.trainCount).toBe(RECORDS - RECORDS / 5);
    expect(rows.leftOut[0]).toMatchObject({
      reason: expect.stringContaining('would scale its frames'),
    });
  });

  test('no secret and no path of this machine but those asked for travels', async () => {
    const folder = await exported('verl', 'qwen2-5-vl');
    const { tokenFile, url, groupSize } = JSON.parse(
      readFileSync(join(folder, 'working_dir/config.json'), 'utf8'),
    ) as Readonly<Record<string, unknown>>;
    expect(tokenFile).toBe('/mnt/shared/loci/rewards-token');
    expect(url).not.toContain('0.0.0.0');
    expect(groupSize).toBe(8);
    const leaking = exported('verl', 'qwen2-5-vl', ['trainer.environment={HF_TOKEN: hf_abc}']);
    await expect(leaking).rejects.toMatchObject({ code: 'secret-in-environment' });
  });

  test('what the engine cannot do is refused by name and place, all of it at once', async () => {
    const wrong = ['rewards=[answer, temporal]', 'sampler.repetitionPenalty=1.1', 'curriculum={}'];
    await expect(exported('verl', 'qwen2-5-vl', wrong)).rejects.toMatchObject({
      code: 'setting-refused',
      message: expect.stringMatching(/repetitionPenalty[\s\S]*rewards\.1\.use[\s\S]*shuffled/u),
    });
    const version = exported('verl', 'qwen2-5-vl', ['trainer.version=v0.8.0']);
    await expect(version).rejects.toMatchObject({
      code: 'verl-version',
      message: expect.stringContaining('v0.9.0'),
    });
  });

  test('ms-swift gets lines with frame lists, the sample beside them, and its command', async () => {
    const folder = await exported('ms-swift', 'qwen2-5-vl');
    const { rows, entrypoint, environment } = jobIn(folder);
    const lines = readFileSync(rows.train, 'utf8').trim().split('\n');
    expect(lines).toHaveLength(RECORDS);
    const [row] = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    const [video] = row!['videos'] as readonly (readonly string[])[];
    expect(video!.length % 2).toBe(0);
    for (const frame of video!) expect(existsSync(frame)).toBe(true);
    expect(JSON.parse(String(row!['sample']))).toMatchObject({ id: row!['id'], map: {} });
    expect(entrypoint).toMatch(/^NPROC_PER_NODE=8 swift rlhf --rlhf_type grpo /u);
    expect(entrypoint).toContain('--loss_type grpo');
    expect(entrypoint).toContain('--beta 0.04');
    expect(entrypoint).toContain('--freeze_vit false');
    expect(environment['VIDEO_MAX_PIXELS']).toBe('4704');
    for (const file of ['loci_swift.py', 'loci_reward.py', 'config.json']) {
      expect(existsSync(join(folder, 'working_dir', file))).toBe(true);
    }
  });
});
