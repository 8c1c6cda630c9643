/** What configs/spacer-verl.yaml makes on a generated folder, read back as verl reads it. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createProcessor } from '@loci/backends';
import { mapImagination } from '@loci/core';
import { spacerDataset } from '@loci/datasets';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import sharp from 'sharp';
import { exportJob } from '../../src/commands/export.ts';
import { writeRehearsalFolder } from '../../src/rehearsal/rehearsal-folder.ts';
import { writeTinyModel } from '../../src/rehearsal/tiny-model.ts';
