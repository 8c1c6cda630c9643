/** Formats how another engine treats each setting. */
import type { MappedSetting, SettingFate } from '@loci/cluster';

const TITLES: Readonly<Record<SettingFate['kind'], string>> = {
  mapped: 'the engine does it',
  loci: 'Loci does it',
  'without-effect': 'no effect there',
  refused: 'not possible there',
};

/** Longest value that is shown. */
const SHOWN = 48;

/** Lines for people: settings grouped by their fate, each with its value. */
export function settingsText(settings: readonly MappedSetting[]): string {
  const kinds = Object.keys(TITLES) as SettingFate['kind'][];
  return kinds
    .flatMap((kind) => {
      const own = settings.filter(({ fate }) => fate.kind === kind);
      if (own.length === 0) return [];
      const rows = own.map(({ key, value, fate }) => [key, valueText(value), fateText(fate)]);
      const [keys, values] = [0, 1].map((column) =>
        Math.max(...rows.map((row) => row[column]!.length)),
      );
      const lines = rows.map(
        ([key, value, fate]) => `  ${key!.padEnd(keys!)}  ${value!.padEnd(values!)}  ${fate!}`,
      );
      return [`${TITLES[kind]} (${own.length})`, ...lines, ''];
    })
    .join('\n')
    .trimEnd();
}

/** The same as a Markdown page. */
export function settingsPage(
  engine: string,
  settings: readonly MappedSetting[],
  departures: readonly string[],
): string {
  const rows = settings.map(({ key, value, fate }) => {
    const cells = [`\`${key}\``, `\`${valueText(value)}\``, TITLES[fate.kind], fateText(fate)];
    return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  });
  return [
    `# Settings of the run on ${engine}`,
    '',
    '| setting | value | fate | how |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    '## Differences from a run trained by Loci',
    '',
    ...(departures.length === 0 ? ['None.'] : departures.map((line) => `- ${line}`)),
    '',
  ].join('\n');
}

function valueText(value: unknown): string {
  const text = JSON.stringify(value) ?? 'unset';
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}

function fateText(fate: SettingFate): string {
  switch (fate.kind) {
    case 'mapped':
      return [fate.to.join(' '), fate.note].filter(Boolean).join('; ');
    case 'loci':
      return fate.how;
    case 'without-effect':
    case 'refused':
      return fate.why;
    default:
      return fate satisfies never;
  }
}
