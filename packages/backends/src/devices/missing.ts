/** Describes what an engine lacks on this machine, and checks whether a package is installed. */
import { createRequire } from 'node:module';
import { installText } from '@loci/core';

const require = createRequire(import.meta.url);

/** Something that an engine needs and this machine lacks. */
export interface Missing {
  /** The lack, as in `@tensorflow/tfjs-node is not installed`. */
  readonly missing: string;
  /** The command or the change that helps. */
  readonly help: string;
}

/**
 * Looks a package up without loading it. A broken package counts as installed: loading it gives the better error.
 *
 * @param install the argument of `npm install`; by default the name.
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
