/** Writes a profile as a page of `docs/measurements`. */
import { markdownTable } from '../table.ts';
import type { Collected } from './collect.ts';
import type { MachineRates } from './floor.ts';
import { byOperator } from './ort-profile.ts';
import { phaseTable, usualTable } from './phase-table.ts';
import type { PhaseLine } from './phase-table.ts';
import { operationsOf } from './products.ts';
import type { CountedProduct } from './products.ts';

/** Where and of what a profile was taken. */
export interface ProfileOrigin {
  readonly title: string;
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  readonly command: string;
}

/** Everything that a page shows. */
export interface ProfilePage {
  readonly origin: ProfileOrigin;
  readonly collected: Collected;
  readonly lines: readonly PhaseLine[];
  readonly rates: MachineRates;
  readonly products: ReadonlyMap<string, CountedProduct>;
}

/** The most operators shown for a phase. */
const OPERATORS = 10;
/** The most products shown: those with the most operations. */
const PRODUCTS = 16;

function operatorTables({ collected: { nodes } }: ProfilePage): string[] {
  return [...nodes].flatMap(([phase, own]) => {
    const operators = byOperator(own);
    const total = operators.reduce((sum, { ms }) => sum + ms, 0);
    const rows = operators
      .slice(0, OPERATORS)
      .map(({ op, ms, count }) => [
        op,
        ms.toFixed(2),
        `${((100 * ms) / total).toFixed(1)} %`,
        String(count),
      ]);
    const rest = operators.slice(OPERATORS).reduce((sum, { ms }) => sum + ms, 0);
    return [
      `### ${phase}`,
      '',
      `${own.length} nodes, ${total.toFixed(1)} ms with the profile running${rest > 0 ? `, ${rest.toFixed(2)} ms of it in operators below` : ''}.`,
      '',
      markdownTable(['operator', 'ms', 'share', 'nodes'], rows),
      '',
    ];
  });
}

function productTable({ products, rates }: ProfilePage): string {
  const most = [...products]
    .toSorted(([, a], [, b]) => b.count * operationsOf(b) - a.count * operationsOf(a))
    .slice(0, PRODUCTS);
  const rows = most.map(([key, product]) => [
    key,
    String(product.count),
    ((product.count * operationsOf(product)) / 1e9).toFixed(3),
    ((rates.products.get(key) ?? 0) / 1e9).toFixed(0),
  ]);
  return markdownTable(['batch × m × n × k', 'a step', 'GFLOP a step', 'GFLOP/s alone'], rows);
}

/** The page in Markdown. */
export function pageText(page: ProfilePage): string {
  const { origin, collected, lines, rates } = page;
  const bandwidth = rates.bandwidth.map(({ bytes, perSecond }) => [
    `${(bytes / 2 ** 20).toFixed(2)} MiB`,
    (perSecond / 1e9).toFixed(1),
  ]);
  return `${[
    `# ${origin.title}`,
    '',
    `${origin.date}, commit ${origin.commit}, ${origin.machine}. ${collected.description}. Medians of ${collected.steps.length} steps. [How to read it](README.md).`,
    '',
    '```sh',
    origin.command,
    '```',
    '',
    '## Phases',
    '',
    phaseTable(lines),
    '',
    '## As a training run takes it',
    '',
    `${collected.usual.description}. Medians of ${collected.usual.steps.length} steps.`,
    '',
    usualTable(collected.usual.steps, lines),
    '',
    '## Operators',
    '',
    ...operatorTables(page),
    '## What the floor is made of',
    '',
    `An empty node costs ${(1000 * rates.emptyNode).toFixed(2)} µs, an empty run ${(1000 * rates.emptyRun).toFixed(1)} µs.`,
    '',
    productTable(page),
    '',
    markdownTable(['sum of two arrays, bytes moved', 'GB/s'], bandwidth),
  ].join('\n')}\n`;
}
