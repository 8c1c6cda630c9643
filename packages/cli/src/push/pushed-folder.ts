/** What a folder of ours is, and which of its files are published: nothing that only resuming needs, and nothing hidden. */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { LociError, isLockFile } from '@loci/core';
import { RECORDS_FILE } from '@loci/datasets';
import { checkpointOf } from '../ask/asked-model.ts';

/** What can be published. */
export type PushedKind = 'adapter' | 'model' | 'dataset' | 'evaluation';

/** A folder to publish. */
export interface PushedFolder {
  readonly kind: PushedKind;
  readonly folder: string;
  /** The run that made it, where it is a checkpoint of one. */
  readonly run?: string;
  /** Paths in the folder, with `/` between names. */
  readonly files: readonly string[];
}

/** Settings, tokenizer and processor of a model, and its weights; an optimizer's moments are of no use to others. */
const OF_MODEL =
  /^(?:(?:adapter_|generation_|preprocessor_|processor_|video_preprocessor_|tokenizer_)?config|tokenizer|vocab|special_tokens_map|added_tokens|chat_template|recipe)\.json$|^merges\.txt$|\.jinja$|^(?:adapter_)?model(?:-\d+-of-\d+)?\.safetensors$|^model\.safetensors\.index\.json$/u;
const OF_EVALUATION: readonly string[] = [
  'evaluation.json',
  'predictions.jsonl',
  'report.json',
  'report.html',
];
const SPACER_FILE = 'SpaceR-151k.jsonl';
/**
 * Looks at a folder. Of a run, its best checkpoint is meant, or else its newest.
 *
 * @throws LociError `push-unknown` for a folder that is nothing of this.
 */
export function pushedFolder(folder: string): PushedFolder {
  const has = (name: string): boolean => existsSync(join(folder, name));
  const names = existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : [];
  if (has('evaluation.json') && has('predictions.jsonl')) {
    return { kind: 'evaluation', folder, files: OF_EVALUATION.filter(has) };
  }
  if (has('config.yaml') && has('checkpoints')) {
    return pushedFolder(checkpointOf(folder));
  }
  const isAdapter = has('adapter_config.json');
  if (isAdapter || (has('config.json') && names.some((name) => name.endsWith('.safetensors')))) {
    const run = dirname(dirname(folder));
    const isCheckpoint = has('trainer-state.json') && existsSync(join(run, 'config.yaml'));
    return {
      kind: isAdapter ? 'adapter' : 'model',
      folder,
      files: names.filter((name) => OF_MODEL.test(name)).sort(),
      ...(isCheckpoint && { run }),
    };
  }
  if (has(RECORDS_FILE) || has(SPACER_FILE)) {
    return { kind: 'dataset', folder, files: [...filesBelow(folder)].sort() };
  }
  throw new LociError(
    'push-unknown',
    names.length === 0
      ? `There is nothing at ${folder}: name the folder of a run, a model, an adapter, a data set or an evaluation`
      : `${folder} is no run, no model (config.json and safetensors), no adapter (adapter_config.json), no data set (${RECORDS_FILE} or ${SPACER_FILE}) and no evaluation (evaluation.json)`,
  );
}

/** Links are followed, since the media of converted data are behind one; those that lead back are not. */
function* filesBelow(folder: string, below = '', above: readonly string[] = []): Iterable<string> {
  const here = realpathSync(join(folder, below));
  if (above.includes(here)) return;
  for (const name of readdirSync(join(folder, below))) {
    if (name.startsWith('.') || name.endsWith('.tmp') || isLockFile(name)) continue;
    const path = posix.join(below, name);
    const found = statSync(join(folder, path), { throwIfNoEntry: false });
    if (found?.isDirectory() === true) yield* filesBelow(folder, path, [...above, here]);
    else if (found?.isFile() === true) yield path;
  }
}
