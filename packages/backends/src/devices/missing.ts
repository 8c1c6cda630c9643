/** What an engine lacks on this machine, and whether its package is installed. */
import { createRequire } from 'node:module';
import { installText } from '@loci/core';

const require = createRequire(import.meta.url);

/** Something that an engine needs and that is not to be had here. */
export interface Missing {
  /** What is missing, as in `@tensorflow/tfjs-node is not installed`. */
  readonly missing: string;
  /** The command or the change that helps. */
  readonly help: string;
}

/**
 * Looks a package up without loading it. A package that is there and broken counts as installed: loading it says more.
 *
 * @param install what `npm install` takes; the name when left out.
 * @returns undefined where the package is installed.
 * @example missingPackage('webgpu')?.help // 'npm install webgpu'
 */
export function missingPackage(name: string, install = name): Missing | undefined {
  try {
    require.resolve(name);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A package whose entry is gone has that file's path in the message.
    const isAbsent = code === 'MODULE_NOT_FOUND' && message.includes(`'${name}'`);
    if (!isAbsent) return undefined;
    return { missing: `${name} is not installed`, help: installText(install) };
  }
}
