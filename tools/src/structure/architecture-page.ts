import type { Breach } from './breach.ts';

/** The page that shows the house names each of its rooms, below the house it is in: `packages/core/src/` and then `plugin/`. */
export function missingFromArchitecture(page: string, folders: readonly string[]): Breach[] {
  const sections = page.split(/^(?=\S+\/src\/\s)/m);
  return folders
    .filter((folder) => {
      const [, house = '', room = ''] = /^(.*\/)([^/]+)$/.exec(folder) ?? [];
      const section = sections.find((text) => text.startsWith(house)) ?? '';
      return !new RegExp(`(?<![\\w/-])${room}/`).test(section);
    })
    .map((folder) => ({ file: 'ARCHITECTURE.md', rule: `does not mention ${folder}` }));
}
