/**
 * `nx run backends:profile -- [--shape small|large] [--vl] [--architecture qwen3-vl] [--out FILE]`: profiles the time of a step by phase
 * and operator, beside the least that this machine could take. Writes a page into `docs/measurements`.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { LociError } from '@loci/core';
import { architectureOf, numberOf, oneOf, readFlags } from '../flags.ts';
import type { BenchFlags } from '../flags.ts';
import { GENERATIONS, PROMPT_TOKENS, SHAPE_NAMES } from '../shapes.ts';
import { collect } from './collect.ts';
import { measureRates } from './measure-rates.ts';
import { pageText } from './page.ts';
import type { ProfileOrigin } from './page.ts';
import { phaseLines } from './phase-table.ts';
import type { PhaseTokens } from './phase-table.ts';
import { measuredProducts } from './products.ts';

const ROOT = resolve(import.meta.dirname, '../../../../..');
const PAGES = join(ROOT, 'docs/measurements');

/** The commit that is checked out; whether files differ from it. */
function commit(): string {
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' with changes' : ''}`;
  } catch {
    return 'unknown';
  }
}

function originOf(flags: BenchFlags): ProfileOrigin & { readonly file: string } {
  const date = new Date().toISOString().slice(0, 10);
  const architecture = architectureOf(flags);
  const isOther = architecture !== 'qwen2-5-vl';
  const name = [flags.shape, ...(flags.vl ? ['vl'] : []), ...(isOther ? [architecture] : [])].join(
    '-',
  );
  const words = [
    `--shape ${flags.shape}`,
    ...(flags.vl ? ['--vl'] : []),
    ...(isOther ? [`--architecture ${architecture}`] : []),
  ].join(' ');
  const kind = flags.vl ? 'video' : 'text';
  const [cpu] = cpus();
  return {
    title: `Profile of a step: ${flags.shape}, ${kind}${isOther ? `, ${architecture}` : ''}`,
    date,
    commit: commit(),
    machine: `${cpus().length} cores of ${cpu?.model.trim() ?? 'an unknown processor'}`,
    command: `npx nx run backends:profile -- ${words}`,
    file: join(PAGES, `${date}-${name}.md`),
  };
}

/** Tokens that pass through each phase. */
function tokensOf(flags: BenchFlags): PhaseTokens {
  const made = GENERATIONS * numberOf(flags, 'tokens');
  const read = PROMPT_TOKENS + made;
  return { prefill: PROMPT_TOKENS, decoding: made, reference: read, gradients: read };
}

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2));
  oneOf('shape', flags.shape, SHAPE_NAMES);
  const { file, ...origin } = originOf(flags);
  const path = flags.out === undefined ? file : resolve(flags.out);
  const collected = await collect(flags);
  const products = measuredProducts([...collected.nodes.values()].flat());
  const rates = await measureRates(numberOf(flags, 'threads'), products);
  const lines = phaseLines(collected, rates, tokensOf(flags));
  const text = pageText({ origin, collected, lines, rates, products });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  console.log(text);
  console.log(`written to ${path}`);
}

try {
  await main();
} catch (error) {
  if (!LociError.is(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
