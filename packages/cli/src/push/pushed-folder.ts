/** Recognizes a folder of Loci, and lists the files to publish: none that only resuming needs, and none hidden. */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { LociError, isLockFile } from '@loci/core';
import { RECORDS_FILE } from '@loci/datasets';
import { checkpointOf } from '../ask/asked-model.ts';
import { SPACER_FILE } from '../hub/dataset-form.ts';

/** Kinds of folders that can be published. */
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

/** Settings, tokenizer, processor and weights of a model. The optimizer's moments are not published. */
const OF_MODEL =
  /^(?:(?:adapter_|generation_|preprocessor_|processor_|video_preprocessor_|tokenizer_)?config|tokenizer|vocab|special_tokens_map|added_tokens|chat_template|recipe)\.json$|^merges\.txt$|\.jinja$|^(?:adapter_)?model(?:-\d+-of-\d+)?\.safetensors$|^model\.safetensors\.index\.json$/u;
const OF_EVALUATION: readonly string[] = [
  'evaluation.json',
  'predictions.jsonl',
  'report.json',
  'report.html',
];

/**
 * Recognizes a folder by its files. For a run, it takes the best checkpoint, or else the newest.
 *
 * @throws LociError `push-unknown` for a folder of no such kind.
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
      ? `There is nothing at ${folder}: name the folder of a run, a model, an adapter, a dataset or an evaluation`
      : `${folder} is not a run, a model (config.json and safetensors), an adapter (adapter_config.json), a dataset (${RECORDS_FILE} or ${SPACER_FILE}) or an evaluation (evaluation.json): name one of these`,
  );
}

/** Every file below a folder. It follows links, which lead to the media of converted data, except links to a folder above. */
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
