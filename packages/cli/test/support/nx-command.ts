import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface Target {
  readonly options?: {
    readonly command?: string;
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
  };
}

/**
 * The shell command that `nx run <project>:<target> -- <words>` ends in: what `package.json` and `nx.json` name, in the folder
 * they name, without building first.
 *
 * @throws Error when there is no such project or target.
 * @example nxCommand(root, 'cli', 'train', '--steps 2') // '(cd "…" && node packages/cli/dist/main.js train --steps 2)'
 */
export function nxCommand(root: string, project: string, target: string, words: string): string {
  const folders = [
    'tools',
    ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`),
  ];
  const folder = folders.find((path) => readJson(join(root, path)).name === `@loci/${project}`);
  if (folder === undefined) throw new Error(`Nx has no project "${project}"`);
  const own = readJson(join(root, folder)).nx?.targets[target];
  if (own === undefined) throw new Error(`the project "${project}" has no target "${target}"`);
  const shared = readNx(root).targetDefaults[target];
  const { command, cwd = '{workspaceRoot}', env = {} } = { ...shared?.options, ...own.options };
  if (command === undefined) throw new Error(`${project}:${target} names no command`);
  const settings = Object.entries(env).map(([key, value]) => `export ${key}='${value}'; `);
  const path = cwd.replace('{workspaceRoot}', root).replace('{projectRoot}', join(root, folder));
  const bin = `export PATH="${join(root, 'node_modules/.bin')}:$PATH"; `;
  return `(${bin}${settings.join('')}cd "${path}" && ${command} ${words.trim()})`;
}

function readJson(folder: string): {
  readonly name: string;
  readonly nx?: { readonly targets: Readonly<Record<string, Target | undefined>> };
} {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as ReturnType<
    typeof readJson
  >;
}

function readNx(root: string): {
  readonly targetDefaults: Readonly<Record<string, Target | undefined>>;
} {
  return JSON.parse(readFileSync(join(root, 'nx.json'), 'utf8')) as ReturnType<typeof readNx>;
}
