// @ts-check
/** `THIRD-PARTY.md` of a package: the licenses of everything of others that lies in its tarball, with their texts. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string} version
 * @property {string} license as SPDX has it.
 * @property {string} source where its source is to be had.
 * @property {string} text of the license; empty where its package has none.
 */

const LICENSE_FILE = /^(?:licen[cs]e|copying|notice|thirdpartynotices)(?:[.-].*)?$/i;
const MODULES = 'node_modules';

/**
 * The packages that files belong to, each once, by name.
 *
 * @param {readonly string[]} files
 * @returns {readonly Part[]}
 */
export function partsOf(files) {
  const folders = new Set(files.flatMap((file) => packageFolder(file) ?? []));
  return [...folders].map(partIn).sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/**
 * The page; undefined where nothing of others is carried.
 *
 * @param {string} owner name of our package.
 * @param {readonly Part[]} parts
 */
export function noticesPage(owner, parts) {
  if (parts.length === 0) return undefined;
  const mozilla = parts.filter(({ license }) => license.includes('MPL-2.0'));
  const list = parts.map(
    ({ name, version, license, source }) => `| ${name} | ${version} | ${license} | ${source} |`,
  );
  return [
    `# What ${owner} carries of others`,
    '',
    `Generated when the package is built. \`${owner}\` itself is under the Apache License 2.0 (LICENSE). These parts lie in \`dist/vendor\`, each under its own license.`,
    '',
    '| part | version | license | source |',
    '| --- | --- | --- | --- |',
    ...list,
    '',
    ...(mozilla.length === 0 ? [] : [mozillaText(mozilla), '']),
    ...parts.map(
      ({ name, version, text }) => `## ${name} ${version}\n\n\`\`\`text\n${text.trim()}\n\`\`\`\n`,
    ),
  ].join('\n');
}

/** @param {readonly Part[]} parts under the Mozilla Public License. */
function mozillaText(parts) {
  const names = parts.map(({ name, version, source }) => `${name} ${version} (${source})`);
  return (
    `Under the Mozilla Public License 2.0: ${names.join(', ')}. The source code form of these parts is to be had at the addresses named, ` +
    'and from npm under the names and versions named; it is not changed here, and stays under that license.'
  );
}

/**
 * @param {string} file
 * @returns {string | undefined} the nearest folder above with a package.json that has a name.
 */
function packageFolder(file) {
  if (!file.includes(MODULES)) return undefined;
  for (let folder = dirname(file); folder.includes(MODULES); folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path) && JSON.parse(readFileSync(path, 'utf8')).version) return folder;
  }
  return undefined;
}

/**
 * @param {string} folder
 * @returns {Part}
 */
function partIn(folder) {
  const { name, version, license, repository, homepage } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const address = typeof repository === 'string' ? repository : (repository?.url ?? homepage ?? '');
  const texts = readdirSync(folder)
    .filter((file) => LICENSE_FILE.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  const spdx = typeof license === 'string' ? license : 'see its text';
  return {
    ...{ name, version, license: spdx },
    source: address.replace(/^git\+/, '').replace(/\.git$/, ''),
    text: texts.join('\n\n') || `Licensed under ${spdx}; its package holds no text of the license.`,
  };
}
