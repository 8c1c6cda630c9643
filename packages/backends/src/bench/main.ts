/**
 * `nx run backends:bench -- --engine onnx|tfjs|all [--provider cuda | --backend wasm] --shape small|large [--loss fused|general|entropies]
 * [--vl] [--lora RANK] [--spin] [--decoder auto|onnx|wasm] [--lanes N]`: times one GRPO optimization step and prints one JSON line with
 * medians. Without a WebGPU driver, `--provider webgpu` uses a software one. Machines are noisy: compare with another trainer by running
 * both in turn, as `all` does with every engine that starts here (`--turns 3`), and `--peers PYTHON` with what that Python has of PyTorch,
 * TRL and transformers. `--ragged` times completions that end one after another, `--sweep generations|prompt|completion|frames` steps of
 * growing size.
 */
import { fileURLToPath } from 'node:url';
import { LociError } from '@loci/core';
import { rerunOnVulkan } from '../devices/vulkan-environment.ts';
import { benchAll, flagsHandedOn } from './all-engines.ts';
import type { SkippedEngine } from './all-engines.ts';
import { numberOf, oneOf, readFlags } from './flags.ts';
import type { BenchFlags } from './flags.ts';
import { benchOne } from './one-engine.ts';
import { benchPeers } from './peers/bench-peers.ts';
import { benchRagged } from './ragged.ts';
import { benchSweep } from './sweep.ts';

const SCRIPT = fileURLToPath(import.meta.url);

/** Times one engine and prints its report, or the reason why there is none. */
async function printOne(engine: 'onnx' | 'tfjs', flags: BenchFlags): Promise<void> {
  const runsOn = engine === 'onnx' ? flags.provider : flags.backend;
  const rerun =
    runsOn === 'webgpu' ? await rerunOnVulkan((line) => console.error(line)) : undefined;
  if (rerun !== undefined) {
    process.exitCode = rerun;
    return;
  }
  try {
    console.log(JSON.stringify(await benchOne(engine, flags)));
  } catch (error) {
    if (!(error instanceof LociError) || error.code !== 'engine-unavailable') throw error;
    const report: SkippedEngine = { engine: `${engine} ${runsOn}`, skipped: error.message };
    console.log(JSON.stringify(report));
    process.exitCode = 1;
  }
}

async function main(flags: BenchFlags): Promise<void> {
  if (flags.peers !== undefined) return benchPeers(SCRIPT, flags.peers, flags);
  if (flags.ragged) return benchRagged(flags);
  if (flags.sweep !== undefined) return benchSweep(flags);
  const engine = oneOf('engine', flags.engine, ['onnx', 'tfjs', 'all']);
  if (engine !== 'all') return printOne(engine, flags);
  return benchAll(SCRIPT, flagsHandedOn(flags), numberOf(flags, 'turns', 1));
}

try {
  await main(readFlags(process.argv.slice(2)));
} catch (error) {
  if (!LociError.is(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
