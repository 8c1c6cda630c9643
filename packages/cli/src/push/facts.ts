/** Collects the facts of a card: the folder, its run, its base model, its evaluations, and the licenses of their repositories. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LociError, parseReport } from '@loci/core';
import type { RunConfig, StoredReport } from '@loci/core';
import type * as HubPackage from '@loci/hub';
import { readStoredConfig } from '../resumed-run.ts';
import { isHubReference, textsIn } from '../hub/bring-config.ts';
import type { Neutral } from './neutral-text.ts';
import { neutralText } from './neutral-text.ts';
import type { PushedFolder } from './pushed-folder.ts';
import { datasetsOf } from './run-sections.ts';

/** A license that a repository on the hub states. */
export interface StatedLicense {
  readonly what: 'base model' | 'data set';
  readonly repository: string;
  /** Undefined where its card states none. */
  readonly license: string | undefined;
}

/** The facts of a card. */
export interface PushFacts {
  readonly pushed: PushedFolder;
  /** Of the run that made it. */
  readonly config?: RunConfig;
  /** The base model of an adapter or model: its repository, and its commit where it is known. */
  readonly base?: { readonly repository: string; readonly commit?: string };
  readonly evaluations: readonly StoredReport[];
  readonly licenses: readonly StatedLicense[];
  readonly neutral: Neutral;
}

/** The flags of `push` that add facts. */
export interface FlagFacts {
  readonly base?: string;
  /** Folders of evaluations, absolute. */
  readonly evaluations: readonly string[];
  readonly userDirectory: string;
}

/**
 * Collects the facts.
 *
 * @throws LociError `push-base` for an adapter whose base model is in no repository; those of the evaluations.
 */
export async function pushFacts(
  pushed: PushedFolder,
  flags: FlagFacts,
  package_: typeof HubPackage,
  access: HubPackage.HubAccess,
): Promise<PushFacts> {
  const { cacheFolder } = access.settings;
  const config =
    pushed.run === undefined ? undefined : readStoredConfig(join(pushed.run, 'config.yaml')).config;
  const base = baseOf(pushed, config, flags, package_, cacheFolder);
  const own = pushed.kind === 'evaluation' ? [pushed.folder] : [];
  const evaluations = [...own, ...flags.evaluations].map(reportIn);
  const named = new Set(
    config === undefined ? [] : textsIn(datasetsOf(config)).filter(isHubReference),
  );
  const references = [
    ...(base === undefined
      ? []
      : [{ what: 'base model' as const, text: `hub:models/${base.repository}` }]),
    ...[...named].map((text) => ({ what: 'data set' as const, text })),
  ];
  const licenses: StatedLicense[] = [];
  for (const { what, text } of references) {
    const reference = package_.parseReference(text, 'dataset');
    if (licenses.some(({ repository }) => repository === reference.name)) continue;
    const license = await package_.licenseOf(reference, access);
    licenses.push({ what, repository: reference.name, license });
  }
  return {
    ...{ pushed, evaluations, licenses },
    ...(config && { config }),
    ...(base && { base }),
    neutral: neutralText([
      { folder: pushed.folder, name: '.' },
      ...(pushed.run === undefined ? [] : [{ folder: pushed.run, name: basename(pushed.run) }]),
      { folder: flags.userDirectory, name: '.' },
      { folder: cacheFolder, name: 'hub' },
    ]),
  };
}

function baseOf(
  { kind, folder }: PushedFolder,
  config: RunConfig | undefined,
  { base: typed }: FlagFacts,
  { parseReference, cachedReference }: typeof HubPackage,
  cacheFolder: string,
): PushFacts['base'] {
  if (kind !== 'adapter' && kind !== 'model') return undefined;
  if (typed !== undefined) {
    const { name } = parseReference(isHubReference(typed) ? typed : `hub:${typed}`, 'model');
    return { repository: name };
  }
  const model = config?.policy['model'];
  if (isHubReference(model)) {
    const { name, revision } = parseReference(model, 'model');
    return { repository: name, commit: revision };
  }
  if (kind === 'model') return undefined;
  const { base_model_name_or_path: written } = JSON.parse(
    readFileSync(join(folder, 'adapter_config.json'), 'utf8'),
  ) as { readonly base_model_name_or_path?: unknown };
  const path = typeof written === 'string' ? written : '';
  const cached = cachedReference(path, cacheFolder);
  if (cached !== undefined) return { repository: cached.name, commit: cached.revision };
  if (/^[\w.-]+\/[\w.-]+$/u.test(path)) return { repository: path };
  throw new LociError(
    'push-base',
    `The adapter was trained on ${path === '' ? 'a model that it does not name' : path}, which others cannot load: name the model on the hub with ` +
      '--base OWNER/NAME (push the model there first, with the same command)',
  );
}

/** @throws LociError `no-evaluation`, `evaluation-unreadable`. */
function reportIn(folder: string): StoredReport {
  const path = join(folder, 'report.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new LociError(
      'no-evaluation',
      `${folder} has no report.json: name a folder of a finished cli:evaluate, such as ${dirname(folder)}/vsi-bench/2026-11-21-1`,
      { cause },
    );
  }
  return parseReport(text, path);
}
