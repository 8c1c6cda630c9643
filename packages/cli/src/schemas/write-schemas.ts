/** `nx run cli:schemas`: writes the JSON schemas that come with this package. */
import { mkdirSync } from 'node:fs';
import { writeFileWhole } from '@loci/core';
import { SCHEMA_FOLDER } from '../assets.ts';
import { schemaFiles } from './schema-files.ts';

mkdirSync(SCHEMA_FOLDER, { recursive: true });
for (const { path, text } of schemaFiles()) {
  writeFileWhole(path, text);
  console.log(path);
}
