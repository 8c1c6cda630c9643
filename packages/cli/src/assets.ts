/** Paths of the files that come with this package. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const ASSETS = resolve(import.meta.dirname, '../assets');

/** The bundled start model. In the repository it lies in this package; installed, in that of the engines, which alone load it. */
export const BUNDLED_START_MODEL = startModel();

/** Questions about a few filmed rooms (seed 11), for the projects that `init` makes. */
export const PROJECT_DATA = join(ASSETS, 'project/data');

/** The keys that `--help` lists; see `help/help-keys.ts`. */
export const HELP_KEYS_FILE = join(ASSETS, 'help-keys.json');

/** The JSON schemas of config files and recipes, for editors. */
export const SCHEMA_FOLDER = join(ASSETS, 'schemas');

function startModel(): string {
  const here = join(ASSETS, 'start-model');
  if (existsSync(here)) return here;
  try {
    const engines = createRequire(import.meta.url).resolve('@loci/backends/package.json');
    return join(dirname(engines), 'assets/start-model');
  } catch {
    return here; // without engines, nothing opens it
  }
}
