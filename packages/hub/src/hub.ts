/** The hub as commands use it: downloads what a reference names. */
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { LociError } from '@loci/core';
import type { Logger } from '@loci/core';
import { archivesIn } from './archives/archive-names.ts';
import { checkPaths, dataFiles, modelFiles } from './download/choose-files.ts';
import type { DataWish } from './download/choose-files.ts';
import { dataView } from './archives/data-view.ts';
import { downloadFiles } from './download/download-files.ts';
import { namedFiles } from './download/named-media.ts';
import { hubFetch } from './http/hub-fetch.ts';
import { DEFAULT_REVISION, formatReference } from './reference.ts';
import type { HubReference } from './reference.ts';
import { openRepository } from './repository.ts';
import type { HubAccess, Repository } from './repository.ts';
import { hubSettings } from './settings.ts';
import type { HubSettings } from './settings.ts';

/** A finished download. */
export interface HubFiles {
  /** The file or folder on this disk that the reference names. */
  readonly path: string;
  /** The reference with the commit in place of a branch or tag: its meaning never changes. */
  readonly pinned: string;
}

/** Downloads models and data sets. It asks the hub once for each repository. */
export class Hub {
  readonly access: HubAccess;
  readonly #opened = new Map<string, Promise<Repository>>();

  constructor(access: HubAccess) {
    this.access = access;
  }

  /**
   * The hub that the environment names.
   *
   * @throws LociError `hub-endpoint`.
   */
  static open(logger: Logger, settings: HubSettings = hubSettings()): Hub {
    const { endpoint, token, isOffline } = settings;
    return new Hub({ settings, logger, fetch: hubFetch({ endpoint, token, isOffline, logger }) });
  }

  /**
   * The repository at its commit, and its files.
   *
   * @throws LociError of `openRepository`; `hub-path`.
   */
  repository(reference: HubReference): Promise<Repository> {
    const key = formatReference({ ...reference, path: '' });
    const known = this.#opened.get(key);
    if (known !== undefined) return known;
    const opening = openRepository(reference, this.access).then((repository) => {
      checkPaths(repository.files);
      if (repository.commit !== reference.revision) {
        this.access.logger.info(
          `${reference.name} at ${reference.revision} is commit ${repository.commit}`,
        );
      }
      return repository;
    });
    this.#opened.set(key, opening);
    return opening;
  }

  /**
   * Downloads a model, or an adapter: the folder that the reference names.
   *
   * @throws LociError of `modelFiles` and `downloadFiles`.
   */
  async model(reference: HubReference): Promise<HubFiles> {
    const repository = await this.repository(reference);
    const needed = modelFiles(repository.files, reference);
    const folder = await downloadFiles(repository, needed, this.access);
    return { path: join(folder, reference.path), pinned: pinned(reference, repository) };
  }

  /**
   * The model that an adapter was made for; undefined where the reference names no adapter, or a model beside one.
   *
   * @throws LociError `adapter-base` where the adapter names no repository.
   */
  async adapterBase(reference: HubReference): Promise<string | undefined> {
    const repository = await this.repository(reference);
    const called = (name: string): string =>
      reference.path === '' ? name : `${reference.path}/${name}`;
    const file = repository.files.find(({ path }) => path === called('adapter_config.json'));
    if (file === undefined || repository.files.some(({ path }) => path === called('config.json'))) {
      return undefined;
    }
    const folder = await downloadFiles(repository, [file], this.access);
    const { base_model_name_or_path: base, revision } = JSON.parse(
      await readFile(join(folder, file.path), 'utf8'),
    ) as Readonly<Record<string, unknown>>;
    if (typeof base !== 'string' || !/^[\w.-]+\/[\w.-]+$/u.test(base)) {
      throw new LociError(
        'adapter-base',
        `${reference.name} is an adapter for ${JSON.stringify(base)}, which is not a repository: name the model with policy.model, and the adapter ` +
          `with policy.lora={adapter: ${formatReference(reference)}}`,
      );
    }
    const at = typeof revision === 'string' && revision !== '' ? revision : DEFAULT_REVISION;
    return formatReference({ kind: 'model', name: base, revision: at, path: '' });
  }

  /**
   * Downloads a data set: the splits of `wish`, or the file of records that the reference names, with the media of these records. Unpacks archives.
   *
   * @param isWritten whether the reader of the data writes beside the files: the data then gets a folder of its own.
   * @throws LociError of `dataFiles`, `downloadFiles` and `dataView`.
   */
  async data(reference: HubReference, wish: DataWish, isWritten = false): Promise<HubFiles> {
    const repository = await this.repository(reference);
    let needed = dataFiles(repository.files, reference, wish);
    const isRecords = /\.jsonl$/u.test(reference.path) && needed[0]?.path === reference.path;
    if (isRecords) {
      const folder = await downloadFiles(repository, needed, this.access);
      const all = new Map(repository.files.map((file) => [file.path, file]));
      const named = await namedFiles(
        join(folder, reference.path),
        reference.path,
        new Set(all.keys()),
      );
      const archives = named.unknown > 0 ? archivesBeside(repository, reference.path) : [];
      needed = [reference.path, ...named.paths, ...archives].map((path) => all.get(path)!);
    }
    const folder = await downloadFiles(repository, needed, this.access);
    const hasArchives = archivesIn(needed.map(({ path }) => path)).length > 0;
    const root =
      hasArchives || isWritten ? await dataView(repository, needed, this.access) : folder;
    return { path: join(root, reference.path), pinned: pinned(reference, repository) };
  }
}

/** Archives in the folder of a file of records and below: its media may be in them. */
function archivesBeside({ files }: Repository, path: string): readonly string[] {
  const folder = posix.dirname(path);
  const below = files
    .map((file) => file.path)
    .filter((one) => folder === '.' || one.startsWith(`${folder}/`));
  return archivesIn(below).flatMap(({ parts }) => parts);
}

function pinned(reference: HubReference, { commit }: Repository): string {
  return formatReference({ ...reference, revision: commit });
}
