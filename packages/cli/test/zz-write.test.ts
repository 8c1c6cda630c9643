import { writeFileSync } from 'node:fs';
import { HELP_KEYS_FILE } from '../src/assets.ts';
import { helpKeysText } from '../src/help/help-keys.ts';
import { schemaFiles } from '../src/schemas/schema-files.ts';

test('write', () => {
  for (const { path, text } of schemaFiles()) writeFileSync(path, text);
  writeFileSync(HELP_KEYS_FILE, helpKeysText());
});
