import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LociError } from '@loci/core';
import { PROJECT_DATA, SCHEMA_FOLDER } from '../assets.ts';
import { nextCommand, isUnderNx } from '../next-command.ts';
import type { ResultFlags } from '../flags.ts';
import { configText, readmeText, rewardText, testText, typesText } from '../init/project-texts.ts';
import type { ProjectPlaces } from '../init/project-texts.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { outFolder } from '../written-paths.ts';

/**
 * Makes a project in a new or empty folder. It has no `package.json` of its own, so that `npx loci` finds the installation in a folder
 * above it.
 *
 * @throws LociError `folder-not-empty`, or of the disk.
 */
export function init(typed: string, _flags: ResultFlags, io: Io): Promise<void> {
  const folder = outFolder(typed, io.userDirectory);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new LociError('folder-not-empty', `${folder} is not empty: name a new folder`);
  }
  const name = basename(folder);
  const places = placesOf(folder);
  const below = relative(io.userDirectory, folder);
  const commands = commandsFor(folder, io.userDirectory);
  const files = new Map([
    ['config.yaml', configText(name, places)],
    ['reward.ts', rewardText()],
    ['reward.test.mjs', testText(places)],
    ['tsconfig.json', typesText(places)],
    ['README.md', readmeText(name, commands)],
    ['.gitignore', 'runs/\n'],
  ]);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of files) writeFileSync(join(folder, file), text);
  cpSync(PROJECT_DATA, join(folder, 'data'), { recursive: true });
  io.result?.({ folder, files: [...files.keys(), 'data/questions.jsonl'], commands });
  print(io, `made     ${folder}`);
  for (const [index, command] of [`cd ${below}`, ...commands].entries()) {
    print(io, `${(index === 0 ? 'go on' : '').padEnd(9)}${command}`);
  }
  return Promise.resolve();
}

/** Commands to type in the folder of the project. */
function commandsFor(folder: string, start: string): readonly string[] {
  const config = '--config config.yaml';
  const { argv, env } = process;
  // A program with a relative path must be found from the project's folder too.
  const program = resolve(start, argv[1] ?? '');
  const here = { env, argv: [argv[0] ?? '', program], cwd: folder };
  return [
    nextCommand('validate', config, here),
    ...(isUnderNx() ? [] : ['node --test']),
    nextCommand('train', config, here),
  ];
}

/** How a folder finds Loci: by name below an installation and in the repository, by path elsewhere. */
function placesOf(folder: string): ProjectPlaces {
  const schema = join(SCHEMA_FOLDER, 'run.schema.json');
  const named = relative(folder, schema).split(sep).join('/');
  const own = createRequire(import.meta.url);
  const core = dirname(own.resolve('@loci/core'));
  const isNamed = finds(folder, '@loci/core');
  return {
    schema: named,
    testing: isNamed ? '@loci/core/testing' : pathToFileURL(join(core, 'testing/index.js')).href,
    types:
      isNamed && finds(folder, 'zod')
        ? undefined
        : { core, nodeModules: dirname(dirname(own.resolve('zod/package.json'))) },
  };
}

/** Whether a file in a folder, which need not exist yet, finds a package. */
function finds(folder: string, name: string): boolean {
  try {
    createRequire(join(folder, 'file.js')).resolve(name);
    return true;
  } catch {
    return false;
  }
}
