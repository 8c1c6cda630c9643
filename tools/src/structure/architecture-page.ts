import type { Breach } from './breach.ts';

/** Checks that the page on the architecture names each folder below its package: `packages/core/src/` and then `plugin/`. */
export function missingFromArchitecture(page: string, folders: readonly string[]): Breach[] {
  const sections = page.split(/^(?=\S+\/src\/\s)/m);
  return folders
    .filter((folder) => {
      const [, parent = '', name = ''] = /^(.*\/)([^/]+)$/.exec(folder) ?? [];
      const section = sections.find((text) => text.startsWith(parent)) ?? '';
      return !new RegExp(`(?<![\\w/-])${name}/`).test(section);
    })
    .map((folder) => ({ file: 'ARCHITECTURE.md', rule: `does not mention ${folder}` }));
}
