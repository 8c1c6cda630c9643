/** The routes of the test server below `/api`, and the route that gives the upload addresses of large files. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TEST_TOKEN, bodyOf, refuse } from './answers.ts';
import { commitTo, gitSha1, isLarge, pointerTo, sha256 } from './stored-repository.ts';
import type { StoredRepository } from './stored-repository.ts';

/** Entries of a listing on one page. */
const PAGE = 3;

type Kind = StoredRepository['kind'];

/** The parts of the server that the routes use. */
export interface ServedHub {
  readonly endpoint: string;
  readonly filesAddress: string;
  readonly repositories: ReadonlyMap<string, StoredRepository>;
  /** Large files by their sha256. */
  readonly large: ReadonlyMap<string, Buffer>;
  /** The repository, where the request may see it; else an error is sent. */
  open(
    request: IncomingMessage,
    response: ServerResponse,
    kind: Kind,
    name: string,
  ): StoredRepository | undefined;
  /** The commit of a revision; else an error is sent. */
  commitOf(
    repository: StoredRepository,
    response: ServerResponse,
    revision: string,
  ): string | undefined;
  /** Adds a repository. */
  add(
    kind: Kind,
    name: string,
    files: Readonly<Record<string, string | Buffer>>,
    access?: { readonly isPrivate?: boolean },
  ): StoredRepository;
}

/** Answers a request to one of these routes. */
export async function answerApi(
  hub: ServedHub,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const path = decodeURIComponent(url.pathname);
  const json = (value: unknown, headers = {}): void => {
    response
      .writeHead(200, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(value));
  };
  const [, kinds, name, route, rest = ''] =
    /^\/api\/(model|dataset)s\/([^/]+\/[^/]+)(?:\/(revision|tree|preupload|commit|paths-info)\/(.+))?$/u.exec(
      path,
    ) ?? [];
  if (path === '/api/repos/create') return create(hub, request, response, json);
  if (path === '/api/whoami-v2') {
    const isKnown = request.headers.authorization === `Bearer ${TEST_TOKEN}`;
    if (isKnown) json({ type: 'user', name: 'nobody', orgs: [], auth: { type: 'access_token' } });
    else refuse(response, 401, undefined, 'Invalid credentials');
    return;
  }
  const batch = /^\/(datasets\/)?([^/]+\/[^/]+)\.git\/info\/lfs\/objects\/batch$/u.exec(path);
  if (batch !== null) {
    const { objects } = JSON.parse((await bodyOf(request)).toString()) as {
      readonly objects: readonly { readonly oid: string; readonly size: number }[];
    };
    json({
      transfer: 'basic',
      objects: objects.map(({ oid, size }) => ({
        ...{ oid, size },
        ...(!hub.large.has(oid) && {
          actions: { upload: { href: `${hub.filesAddress}/upload/${oid}` } },
        }),
      })),
    });
    return;
  }
  if (kinds === undefined || name === undefined) {
    refuse(response, 404, undefined, `no route ${path}`);
    return;
  }
  const repository = hub.open(request, response, kinds as Kind, name);
  if (repository === undefined) return;
  if (route === undefined || route === 'revision') {
    const commit = hub.commitOf(repository, response, rest || 'main');
    if (commit !== undefined) json(infoOf(repository, commit));
  } else if (route === 'tree') {
    const commit = hub.commitOf(repository, response, rest);
    if (commit === undefined) return;
    const from = Number(url.searchParams.get('cursor') ?? 0);
    const entries = entriesOf(repository.commits.get(commit)!);
    url.searchParams.set('cursor', String(from + PAGE));
    const more = from + PAGE < entries.length;
    json(entries.slice(from, from + PAGE), more ? { link: `<${url.href}>; rel="next"` } : {});
  } else if (route === 'preupload') {
    const { files } = JSON.parse((await bodyOf(request)).toString()) as {
      readonly files: readonly { readonly path: string; readonly size: number }[];
    };
    json({
      files: files.map(({ path: file, size }) => ({
        path: file,
        uploadMode: isLarge(file, Buffer.alloc(size)) ? 'lfs' : 'regular',
      })),
    });
  } else if (route === 'commit') await commit(hub, repository, rest, request, json);
  else refuse(response, 404, undefined, `no route ${path}`);
}

function infoOf({ kind, name, isPrivate, isGated, commits }: StoredRepository, sha: string) {
  const card = commits.get(sha)?.get('README.md')?.toString() ?? '';
  const license = /^license: (.+)$/mu.exec(card)?.[1];
  return {
    ...{ _id: '0', id: name, sha, private: isPrivate, gated: isGated ? 'auto' : false },
    ...{ downloads: 0, likes: 0, lastModified: '2026-01-01T00:00:00.000Z' },
    ...(kind === 'model' && { pipeline_tag: 'image-text-to-text' }),
    siblings: [...(commits.get(sha)?.keys() ?? [])].map((rfilename) => ({ rfilename })),
    cardData: license === undefined ? {} : { license },
  };
}

function entriesOf(files: ReadonlyMap<string, Buffer>): readonly object[] {
  const folders = new Set(
    [...files.keys()].flatMap((path) => {
      const pieces = path.split('/').slice(0, -1);
      return pieces.map((_, index) => pieces.slice(0, index + 1).join('/'));
    }),
  );
  return [
    ...[...folders].map((path) => ({ type: 'directory', oid: '0'.repeat(40), size: 0, path })),
    ...[...files].map(([path, data]) => ({
      ...{ type: 'file', size: data.length, path },
      oid: gitSha1(isLarge(path, data) ? pointerTo(data) : data),
      ...(isLarge(path, data) && {
        lfs: { oid: sha256(data), size: data.length, pointerSize: pointerTo(data).length },
      }),
    })),
  ];
}

async function create(
  hub: ServedHub,
  request: IncomingMessage,
  response: ServerResponse,
  json: (value: unknown) => void,
): Promise<void> {
  const wish = JSON.parse((await bodyOf(request)).toString()) as {
    readonly name: string;
    readonly organization: string;
    readonly type: Kind;
    readonly visibility?: string;
  };
  if (request.headers.authorization !== `Bearer ${TEST_TOKEN}`) {
    return refuse(response, 401, undefined, 'Invalid credentials');
  }
  const name = `${wish.organization}/${wish.name}`;
  if (wish.organization === 'somebody') {
    return refuse(response, 403, undefined, 'You cannot write there');
  }
  if (hub.repositories.has(`${wish.type}s/${name}`)) {
    return refuse(response, 409, undefined, 'You already created this repo');
  }
  const isPrivate = wish.visibility === 'private';
  hub.add(wish.type, name, {}, { isPrivate });
  json({ url: `${hub.endpoint}/${name}`, id: name, name });
}

async function commit(
  hub: ServedHub,
  repository: StoredRepository,
  branch: string,
  request: IncomingMessage,
  json: (value: unknown) => void,
): Promise<void> {
  const files = new Map(repository.commits.get(repository.refs.get(branch) ?? '') ?? []);
  for (const line of (await bodyOf(request)).toString().split('\n')) {
    const { key, value } = JSON.parse(line) as {
      readonly key: string;
      readonly value: Readonly<Record<string, string>>;
    };
    if (key === 'header') repository.messages.push(value['summary'] ?? '');
    if (key === 'file') files.set(value['path']!, Buffer.from(value['content']!, 'base64'));
    if (key === 'lfsFile') files.set(value['path']!, hub.large.get(value['oid']!)!);
  }
  const oid = commitTo(repository, files, branch);
  json({
    success: true,
    commitOid: oid,
    commitUrl: `${hub.endpoint}/${repository.name}/commit/${oid}`,
  });
}
