/** The files that come with this package, beside its code. */
import { join, resolve } from 'node:path';

const ASSETS = resolve(import.meta.dirname, '../assets');

/** The start model that comes with Loci. */
export const BUNDLED_START_MODEL = join(ASSETS, 'start-model');

/** The keys that `--help` lists; see `help/help-keys.ts`. */
export const HELP_KEYS_FILE = join(ASSETS, 'help-keys.json');

/** The JSON schemas of config files and recipes, for editors. */
export const SCHEMA_FOLDER = join(ASSETS, 'schemas');
