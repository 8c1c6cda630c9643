/** Finds the source of a benchmark's questions: a folder, the hub, or the dataset of the config. */
import { z } from 'zod';
import { bundledPlugins } from '../compose.ts';
import { readRunConfig } from '../defaults.ts';
import type { ConfigSource } from '../defaults.ts';
import { isHubReference } from '../hub/bring-config.ts';
import type { HubPart } from '../hub/bring-config.ts';
import type { Io } from '../io.ts';
import { resolveUserPath } from '../paths.ts';

/** The value of `--data`: an absolute path, or a reference to the hub as typed. */
export function typedData(data: string, userDirectory: string): string {
  return isHubReference(data) ? data : resolveUserPath(data, userDirectory);
}

/** The parts whose files an evaluation downloads. The dataset of the config is one of them only where the benchmark takes its questions from it. */
export function bringsOf(source: ConfigSource, io: Io): readonly HubPart[] {
  const { benchmark } = readRunConfig(source, io).config;
  const always: readonly HubPart[] = ['policy', 'benchmark', 'reward'];
  return readsData(benchmark.use) ? always : [...always, 'dataset'];
}

/** Whether a bundled benchmark reads a folder of its own, instead of the dataset of the config. */
export function readsData(benchmark: string): boolean {
  const plugin = bundledPlugins.find(
    ({ kind, name }) => kind === 'benchmark' && name === benchmark,
  );
  return plugin?.options instanceof z.ZodObject && 'data' in plugin.options.shape;
}
