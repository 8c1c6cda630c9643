/** Uploads a folder of Loci to the hub with a card, after showing it and asking for confirmation. */
import { statSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { LociError } from '@loci/core';
import type * as HubPackage from '@loci/hub';
import type { PushFlags } from '../flags.ts';
import { isHubReference } from '../hub/bring-config.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { resolveUserPath } from '../paths.ts';
import { pushFacts } from '../push/facts.ts';
import type { PushFacts } from '../push/facts.ts';
import { makeCard } from '../push/make-card.ts';
import { pushedFolder } from '../push/pushed-folder.ts';
import { createProgress } from '../render/progress.ts';
import { progressLogger } from '../render/progress-logger.ts';
import { isLive } from '../render/terminal.ts';

/** Files to list; the others are counted. */
const NAMED = 12;
/** Text files, from which folders of this machine are removed. Larger ones, and media, are uploaded unchanged. */
const TEXT = /\.(?:json|jsonl|html|md|yaml)$/u;
const LARGEST_TEXT = 64e6;

/**
 * Shows the files and the repository, asks unless `--yes`, uploads, and prints the page of the repository.
 *
 * @throws LociError `push-unknown`, `push-base`, `push-unconfirmed`, `hub-no-token`, and those of the hub.
 */
export async function push(flags: PushFlags, io: Io): Promise<void> {
  const package_ = await import('@loci/hub');
  const quiet = flags.quiet === true;
  const progress = createProgress(io.out, quiet);
  const { access } = package_.Hub.open(progressLogger(progress, io.out, quiet));
  const path = (typed: string): string => resolveUserPath(typed, io.userDirectory);
  const pushed = pushedFolder(path(flags.folder));
  const target = targetOf(flags, pushed.kind, package_);
  if (flags.dryRun !== true) package_.assertToken(access);
  try {
    const facts = await pushFacts(
      pushed,
      {
        ...(flags.base !== undefined && { base: flags.base }),
        evaluations: flags.evaluation.map(path),
        userDirectory: io.userDirectory,
      },
      package_,
      access,
    );
    const card = package_.cardText(makeCard(facts, target.name, flags.license));
    const files = filesOf(facts, card);
    const isPublic = flags.public === true;
    const seen = flags.dryRun === true ? undefined : await package_.lookAt(target, access);
    const size = files.reduce((sum, { content }) => sum + sizeOf(content), 0);
    const where = `${access.settings.endpoint}/${target.kind === 'model' ? '' : 'datasets/'}${target.name}`;
    print(io, `${pushed.kind} ${pushed.folder}`);
    print(io, `to      ${where} (${stateOf(seen, isPublic)}), branch ${target.revision}`);
    print(io, `files   ${namesOf(files)}: ${files.length}, ${package_.sizeText(size)}`);
    if (!/^license: /mu.test(card)) {
      print(
        io,
        'warning: the card states no license, so nobody may use the upload: add --license apache-2.0, for instance',
      );
    }
    const found = {
      ...{ kind: pushed.kind, folder: pushed.folder, repository: target.name, address: where },
      ...{ branch: target.revision, bytes: size, card, files: files.map(({ path: name }) => name) },
    };
    if (flags.dryRun === true) {
      print(io, `\n${card}`);
      io.result?.({ ...found, isSent: false });
      return;
    }
    await confirm(flags, io);
    const message = flags.message ?? `Add ${pushed.kind} made with Loci`;
    const done = await package_.pushFiles({ target, files, message, isPublic }, access);
    progress.stop();
    print(io, `commit  ${done.commit}`);
    print(io, `page    ${done.page}`);
    io.result?.({ ...found, isSent: true, commit: done.commit, page: done.page });
  } finally {
    progress.stop();
  }
}

function targetOf(
  { repository, branch }: PushFlags,
  kind: PushFacts['pushed']['kind'],
  { parseReference }: typeof HubPackage,
): HubPackage.HubReference {
  const text = isHubReference(repository) ? repository : `hub:${repository}`;
  const reference = parseReference(
    text,
    kind === 'adapter' || kind === 'model' ? 'model' : 'dataset',
  );
  if (!reference.name.includes('/') || reference.path !== '') {
    throw new LociError(
      'flag-misplaced',
      `"${repository}" is not a repository to upload to: name it OWNER/NAME, and a branch with --branch`,
    );
  }
  return branch === undefined ? reference : { ...reference, revision: branch };
}

/** The files to upload: texts without the folders of this machine, and adapters with the base's name on the hub. */
function filesOf(
  { pushed: { folder, files, kind }, base, neutral }: PushFacts,
  card: string,
): readonly HubPackage.PushedFile[] {
  const sent = files.map((path): HubPackage.PushedFile => {
    const file = join(folder, path);
    if (kind === 'dataset' || !TEXT.test(path) || statSync(file).size > LARGEST_TEXT) {
      return { path, content: { file } };
    }
    const text = readFileSync(file, 'utf8');
    if (path === 'adapter_config.json') {
      return { path, content: { text: neutral(adapterConfig(text, base)) } };
    }
    return { path, content: { text: neutral(text) } };
  });
  const others = sent.filter(({ path }) => path !== 'README.md');
  return [...others, { path: 'README.md', content: { text: card } }];
}

function adapterConfig(text: string, base: PushFacts['base']): string {
  const config = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const named = {
    ...config,
    ...(base !== undefined && { base_model_name_or_path: base.repository }),
    ...(base?.commit !== undefined && { revision: base.commit }),
  };
  return `${JSON.stringify(named, null, 2)}\n`;
}

function sizeOf(content: HubPackage.PushedFile['content']): number {
  return 'text' in content ? Buffer.byteLength(content.text) : statSync(content.file).size;
}

function stateOf(
  seen: { readonly isThere: boolean; readonly isPrivate?: boolean } | undefined,
  isPublic: boolean,
): string {
  const visibility = (isPrivate: boolean): string => (isPrivate ? 'private' : 'public');
  if (seen?.isThere !== true) return `new, ${visibility(!isPublic)}`;
  return seen.isPrivate === undefined ? 'is there' : `is there, ${visibility(seen.isPrivate)}`;
}

function namesOf(files: readonly HubPackage.PushedFile[]): string {
  const names = files.map(({ path }) => path);
  return names.length <= NAMED
    ? names.join(', ')
    : `${names.slice(0, NAMED).join(', ')} and ${names.length - NAMED} more`;
}

/** Asks for confirmation. @throws LociError `push-unconfirmed` for any answer but yes, and without a terminal. */
async function confirm({ yes }: PushFlags, io: Io): Promise<void> {
  if (yes === true) return;
  const isAsked = isLive(io.out) && process.stdin.isTTY === true;
  if (!isAsked) {
    throw new LociError(
      'push-unconfirmed',
      'Nothing was sent: give --yes to send it, or --dry-run to see the card',
    );
  }
  const asking = createInterface({ input: process.stdin, output: io.out });
  try {
    const answer = await asking.question('Send it? [y/N] ');
    if (/^y(?:es)?$/iu.test(answer.trim())) return;
  } finally {
    asking.close();
  }
  throw new LociError('push-unconfirmed', 'Nothing was sent: you did not confirm it');
}
