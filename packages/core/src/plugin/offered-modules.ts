/**
 * The modules that plugins from outside get from us instead of bringing a copy: this very `@loci/core`, RxJS and zod, wherever
 * the plugin lies. The entry of `@loci/core` offers itself, because it stands above all that loads plugins.
 */
const offered = new Map<string, unknown>();

/** Offers a module to plugins from outside, under the name by which they import it. */
export function offerModule(name: string, module: unknown): void {
  offered.set(name, module);
}

/**
 * The modules by their names, those of others loaded with the first plugin that may need them.
 *
 * @throws TypeError when a program loaded files of `@loci/core` past its entry.
 */
export async function offeredModules(): Promise<Readonly<Record<string, unknown>>> {
  if (!offered.has('@loci/core')) {
    throw new TypeError('@loci/core was not loaded through its entry; import index.ts first');
  }
  const [rxjs, zod] = await Promise.all([import('rxjs'), import('zod')]);
  return { ...Object.fromEntries(offered), rxjs, zod };
}
