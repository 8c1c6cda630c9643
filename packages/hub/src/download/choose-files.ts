/** Chooses the files to download: of a model its safetensors, tokenizer and processor; of a data set the files of the splits. */
import { LociError } from '@loci/core';
import type { RepositoryFile } from '../cache/cache-folder.ts';
import { isInside } from '../reference.ts';
import type { HubReference } from '../reference.ts';

/** Which files of a data set to download. */
export interface DataWish {
  /** Splits that are read; files that name another one are left out. */
  readonly splits: readonly string[];
  /** A part of the data set with a folder of its own, `32_frame`: files in other folders are left out. */
  readonly subset?: string;
}

const INDEX = 'model.safetensors.index.json';
const WEIGHTS = /\.safetensors$/u;
/** Settings, tokenizer, processor and chat template, by name. */
const BESIDE =
  /^(?:config|generation_config|preprocessor_config|processor_config|video_preprocessor_config|chat_template|tokenizer|tokenizer_config|vocab|special_tokens_map|added_tokens|adapter_config)\.json$|^merges\.txt$|\.jinja$|\.safetensors\.index\.json$/u;
const OTHER_WEIGHTS = /\.(?:bin|pth?|onnx|gguf|h5|msgpack|ckpt)$/u;

/** Names of splits in names of files, and what they mean. */
const SPLITS: Readonly<Record<string, string>> = {
  ...{ train: 'train', training: 'train', test: 'test', testing: 'test' },
  ...{ validation: 'validation', valid: 'validation', val: 'validation', dev: 'validation' },
};
/** Files that are never data. */
const NO_DATA = /^(?:\.git(?:attributes|ignore)|\.ds_store)$/iu;

/**
 * The files of a model, or of an adapter, that lie in the folder that the reference names.
 *
 * @throws LociError `hub-no-weights` where no weights can be read; the message lists the weights that are there.
 */
export function modelFiles(
  files: readonly RepositoryFile[],
  { name, path }: HubReference,
): readonly RepositoryFile[] {
  const prefix = path === '' ? '' : `${path}/`;
  const own = files.filter(
    (file) => file.path.startsWith(prefix) && !file.path.slice(prefix.length).includes('/'),
  );
  const called = (file: RepositoryFile): string => file.path.slice(prefix.length);
  const isAdapter = own.some((file) => called(file) === 'adapter_config.json');
  const weights = own.filter((file) => WEIGHTS.test(called(file)));
  const shards = weights.filter((file) => /^model-\d+-of-\d+\.safetensors$/u.test(called(file)));
  const named = (wanted: string) => weights.filter((file) => called(file) === wanted);
  const chosen = isAdapter
    ? named('adapter_model.safetensors')
    : own.some((file) => called(file) === INDEX) && shards.length > 0
      ? shards
      : named('model.safetensors').length > 0
        ? named('model.safetensors')
        : weights;
  if (chosen.length === 0) throw noWeights(name, path, own.map(called), files);
  return [...own.filter((file) => BESIDE.test(called(file))), ...chosen];
}

function noWeights(
  name: string,
  path: string,
  own: readonly string[],
  files: readonly RepositoryFile[],
): LociError {
  const where = path === '' ? name : `${name}/${path}`;
  const others = own.filter((file) => OTHER_WEIGHTS.test(file));
  const deeper = files.find((file) => WEIGHTS.test(file.path))?.path;
  const advice =
    others.length > 0
      ? `it has ${others.slice(0, 3).join(', ')}, which can run code or are of another form: take a repository with safetensors, or convert it with save_pretrained of transformers`
      : deeper !== undefined
        ? `there is ${deeper}: name its folder, hub:${name}@REVISION/${deeper.split('/').slice(0, -1).join('/')}`
        : 'look at its name';
  return new LociError('hub-no-weights', `${where} has no safetensors: ${advice}`);
}

/**
 * The files of a data set: all below the folder that the reference names, or that file alone, but for those of other splits and subsets.
 *
 * @throws LociError `hub-not-found` where nothing is left.
 */
export function dataFiles(
  files: readonly RepositoryFile[],
  { name, path }: HubReference,
  { splits, subset }: DataWish,
): readonly RepositoryFile[] {
  const below = files.filter(
    (file) => path === '' || file.path === path || file.path.startsWith(`${path}/`),
  );
  const wanted = new Set(splits.map((split) => SPLITS[split] ?? split));
  const hasSubset =
    subset !== undefined && below.some((file) => file.path.split('/').includes(subset));
  const chosen = below.filter((file) => {
    if (file.path === path) return true;
    if (NO_DATA.test(file.path.split('/').at(-1)!)) return false;
    const split = splitOf(file.path);
    if (split !== undefined && !wanted.has(split)) return false;
    return !hasSubset || !file.path.includes('/') || file.path.split('/').includes(subset);
  });
  if (chosen.length > 0) return chosen;
  const have = files.slice(0, 5).map((file) => file.path);
  throw new LociError(
    'hub-not-found',
    `${name} has nothing at ${path === '' ? `the splits ${splits.join(', ')}` : path}; it has ${have.join(', ')}${files.length > 5 ? ', …' : ''}`,
  );
}

/** The split in a path: `data/train-00000-of-00002.parquet`, `questions/test.jsonl`, `train/…`; undefined where the path names none. */
export function splitOf(path: string): string | undefined {
  for (const piece of path.toLowerCase().split('/').reverse()) {
    const word = /^([a-z]+)(?:$|[-_.])/u.exec(piece)?.[1];
    const split = word === undefined ? undefined : SPLITS[word];
    if (split !== undefined) return split;
  }
  return undefined;
}

/** @throws LociError `hub-path` for a repository with a path that leads out of it. */
export function checkPaths(files: readonly RepositoryFile[]): void {
  const strange = files.find(({ path }) => !isInside(path) || path === '');
  if (strange === undefined) return;
  throw new LociError(
    'hub-path',
    `The repository has a file named ${JSON.stringify(strange.path)}, which would lie outside of its folder: nothing of it is downloaded`,
  );
}
