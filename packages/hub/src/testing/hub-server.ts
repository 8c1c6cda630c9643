/**
 * A test server with the routes of the hub that Loci and Python's library use, and with a second address for large files, as the hub has. Source:
 * https://huggingface.co/docs/hub/api, and requests of `huggingface_hub` 1.33 and `@huggingface/hub` 2.17.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TEST_TOKEN, bodyOf, refuse } from './answers.ts';
import { answerApi } from './api-routes.ts';
import type { ServedHub } from './api-routes.ts';
import { Faults } from './faults.ts';
import type { Fault } from './faults.ts';
import { sendFile } from './send-file.ts';
import { commitTo, gitSha1, isLarge, pointerTo, sha256 } from './stored-repository.ts';
import type { StoredRepository } from './stored-repository.ts';

/** A request that the server received. */
export interface SeenRequest {
  readonly host: 'hub' | 'files';
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

/** The server. */
export class HubServer implements ServedHub {
  readonly repositories = new Map<string, StoredRepository>();
  /** Large files by their sha256. */
  readonly large = new Map<string, Buffer>();
  readonly seen: SeenRequest[] = [];
  readonly #faults = new Faults();
  readonly #servers: Server[] = [];
  #addresses: readonly string[] = [];

  /** Starts it on two free ports of this machine. */
  static async start(): Promise<HubServer> {
    const hub = new HubServer();
    const listeners = [
      (request: IncomingMessage, response: ServerResponse) => hub.#answerHub(request, response),
      (request: IncomingMessage, response: ServerResponse) => hub.#answerFiles(request, response),
    ];
    for (const listener of listeners) {
      const server = createServer(listener);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      hub.#servers.push(server);
    }
    // Two names of this machine, so that the second address is another host.
    hub.#addresses = hub.#servers.map(
      (server, index) =>
        `http://${index === 0 ? '127.0.0.1' : 'localhost'}:${(server.address() as AddressInfo).port}`,
    );
    return hub;
  }

  /** The value for HF_ENDPOINT. */
  get endpoint(): string {
    return this.#addresses[0]!;
  }

  /** Address of large files. */
  get filesAddress(): string {
    return this.#addresses[1]!;
  }

  /** Adds a repository with one commit. */
  add(
    kind: StoredRepository['kind'],
    name: string,
    files: Readonly<Record<string, string | Buffer>>,
    access: { readonly isPrivate?: boolean; readonly isGated?: boolean } = {},
  ): StoredRepository & { readonly commit: string } {
    const { isPrivate = false, isGated = false } = access;
    const stores = { commits: new Map(), refs: new Map(), messages: [] };
    const repository: StoredRepository = { kind, name, isPrivate, isGated, ...stores };
    this.repositories.set(`${kind}s/${name}`, repository);
    return Object.assign(repository, { commit: commitTo(repository, files) });
  }

  /** Injects a fault. */
  fail(fault: Fault): void {
    this.#faults.add(fault);
  }

  /** Forgets requests and faults. */
  reset(): void {
    this.seen.length = 0;
    this.#faults.clear();
  }

  /** Requests whose path matches, large files included. */
  asked(pattern: RegExp): readonly SeenRequest[] {
    return this.seen.filter(({ path }) => pattern.test(path));
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  #note(host: SeenRequest['host'], { method = 'GET', headers }: IncomingMessage, path: string) {
    const { authorization, range } = headers;
    this.seen.push({ host, method, path, authorization, range });
    return this.#faults.take(method, path);
  }

  #answerHub(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.endpoint);
    const fault = this.#note('hub', request, url.pathname);
    if (fault !== undefined && 'status' in fault) {
      response.writeHead(fault.status, { ...fault.headers }).end();
      return;
    }
    const resolved =
      /^\/(?<set>datasets\/)?(?<name>[^/]+\/[^/]+)\/resolve\/(?<revision>[^/]+)\/(?<path>.+)$/u.exec(
        url.pathname,
      )?.groups;
    if (resolved === undefined) {
      void answerApi(this, request, response, url);
      return;
    }
    const { set, name, revision, path } = resolved;
    const repository = this.open(request, response, set ? 'dataset' : 'model', name!);
    const commit = repository && this.commitOf(repository, response, decodeURIComponent(revision!));
    if (repository === undefined || commit === undefined) return;
    const data = repository.commits.get(commit)!.get(decodeURIComponent(path!));
    if (data === undefined) {
      refuse(response, 404, 'EntryNotFound', 'Entry not found');
      return;
    }
    if (!isLarge(path!, data)) {
      const headers = { etag: `"${gitSha1(data)}"`, 'x-repo-commit': commit };
      sendFile(request, response, data, headers, fault);
      return;
    }
    const oid = sha256(data);
    this.large.set(oid, data);
    response
      .writeHead(302, {
        ...{ 'x-linked-etag': `"${oid}"`, 'x-linked-size': String(data.length) },
        ...{ 'x-repo-commit': commit, etag: `"${gitSha1(pointerTo(data))}"` },
        location: `${this.filesAddress}/large/${oid}?Signature=signed`,
      })
      .end();
  }

  #answerFiles(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.filesAddress);
    const fault = this.#note('files', request, url.pathname);
    const oid = url.pathname.split('/').at(-1)!;
    if (fault !== undefined && 'status' in fault) {
      response.writeHead(fault.status, { ...fault.headers }).end();
    } else if (request.method === 'PUT') {
      void bodyOf(request).then((data) => {
        if (sha256(data) === oid) this.large.set(oid, data);
        response.writeHead(sha256(data) === oid ? 200 : 400, { etag: `"${oid}"` }).end();
      });
    } else {
      const data = this.large.get(oid);
      if (data === undefined) response.writeHead(404).end();
      else sendFile(request, response, data, { etag: `"${oid}"` }, fault);
    }
  }

  /** The repository, where the request may see it; else an error is sent. */
  open(
    { headers }: IncomingMessage,
    response: ServerResponse,
    kind: StoredRepository['kind'],
    name: string,
  ): StoredRepository | undefined {
    const repository = this.repositories.get(`${kind}s/${name}`);
    const isKnown = headers.authorization === `Bearer ${TEST_TOKEN}`;
    if (headers.authorization !== undefined && !isKnown) {
      refuse(response, 401, undefined, `Invalid credentials: ${headers.authorization}`);
    } else if (repository === undefined || (repository.isPrivate && !isKnown)) {
      refuse(response, isKnown ? 404 : 401, 'RepoNotFound', 'Repository not found');
    } else if (repository.isGated && !isKnown) {
      refuse(response, 401, 'GatedRepo', `Access to ${kind} ${name} is restricted.`);
    } else return repository;
    return undefined;
  }

  /** The commit of a revision; else an error is sent. */
  commitOf(
    { commits, refs }: StoredRepository,
    response: ServerResponse,
    revision: string,
  ): string | undefined {
    const commit = commits.has(revision)
      ? revision
      : refs.get(revision === 'HEAD' ? 'main' : revision);
    if (commit === undefined) refuse(response, 404, 'RevisionNotFound', 'Invalid rev id');
    return commit;
  }
}
