/** A hub in place of huggingface.co for whoever follows a page. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HubServer } from '@loci/hub/testing';

/** A repository of the hub: the files of a folder, folders within it included. */
export interface ServedFolder {
  readonly kind: 'model' | 'dataset';
  readonly name: string;
  readonly folder: string;
}

/**
 * Serves folders as repositories of a hub until `use` is over.
 *
 * @param use is given the variables that point a reader's commands at the hub.
 */
export async function onReaderHub(
  folders: readonly ServedFolder[],
  use: (variables: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const server = await HubServer.start();
  try {
    for (const { kind, name, folder } of folders) server.add(kind, name, filesOf(folder));
    await use({ HF_ENDPOINT: server.endpoint });
  } finally {
    await server.close();
  }
}

function filesOf(folder: string): Readonly<Record<string, Buffer>> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(
    paths.map((path) => [path.slice(folder.length + 1), readFileSync(path)]),
  );
}
