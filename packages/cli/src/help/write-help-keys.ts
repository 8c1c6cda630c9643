/** `nx run cli:help-keys`: writes the file from which `--help` reads the keys. */
import { writeFileWhole } from '@loci/core';
import { HELP_KEYS_FILE } from '../assets.ts';
import { helpKeysText } from './help-keys.ts';

writeFileWhole(HELP_KEYS_FILE, helpKeysText());
console.log(HELP_KEYS_FILE);
