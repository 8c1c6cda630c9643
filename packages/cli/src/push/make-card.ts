/** Makes the card of a published folder from its facts. */
import type { StoredReport } from '@loci/core';
import type { Card, CardScore, CardSection, CardTable } from '@loci/hub';
import { describeAskedFrames, describeSampling } from '../evaluation/describe-record.ts';
import { scorerTable } from '../evaluation/report-tables.ts';
import type { PushFacts } from './facts.ts';
import {
  dataTable,
  datasetsOf,
  rewardsTable,
  scoresOfRun,
  settingsTable,
  usageSection,
} from './run-sections.ts';

const TITLES: Readonly<Record<PushFacts['pushed']['kind'], string>> = {
  adapter: 'a LoRA adapter',
  model: 'a model',
  dataset: 'a data set',
  evaluation: 'an evaluation',
};

/**
 * Makes the card.
 *
 * @param repository `owner/name`.
 * @param license of the flag; by default that of the base model, where its card states one.
 */
export function makeCard(facts: PushFacts, repository: string, license?: string): Card {
  const { pushed, base, licenses, evaluations } = facts;
  const { kind } = pushed;
  const ofBase = licenses.find(({ what }) => what === 'base model')?.license;
  const own = license ?? (kind === 'adapter' || kind === 'model' ? ofBase : undefined);
  const isModel = kind === 'adapter' || kind === 'model';
  return {
    title: repository.split('/').at(-1)!,
    ...(own !== undefined && { license: own }),
    ...(base !== undefined && {
      baseModel: base.repository,
      relation: kind === 'adapter' ? ('adapter' as const) : ('finetune' as const),
    }),
    datasets: licenses.filter(({ what }) => what === 'data set').map((one) => one.repository),
    ...(isModel && {
      library: kind === 'adapter' ? 'peft' : 'transformers',
      pipeline: 'image-text-to-text',
    }),
    tags: ['loci', 'spatial-reasoning', ...(facts.config === undefined ? [] : ['sg-rlvr'])],
    scores: isModel ? evaluations.flatMap(headlines) : [],
    sections: [
      introduction(facts),
      ...scores(facts),
      ...settings(facts),
      ...(kind === 'dataset' ? [contents(facts)] : []),
      licenseSection(facts, own),
      ...(isModel ? [usageSection(repository)] : []),
      ...(kind === 'dataset'
        ? [{ title: 'Use', code: [`loci check-data --data hub:${repository}`] }]
        : []),
    ],
  };
}

function introduction({ pushed, base, config }: PushFacts): CardSection {
  const of =
    base === undefined ? '' : ` of [${base.repository}](https://huggingface.co/${base.repository})`;
  const commit = base?.commit === undefined ? '' : ` at commit \`${base.commit}\``;
  const trained =
    config === undefined
      ? ''
      : ` It was trained by reinforcement learning with verifiable rewards (SG-RLVR): objective \`${config.objective.use}\`, ${config.steps} steps, seed ${config.seed}.`;
  return {
    title: 'What it is',
    text: [`${capital(TITLES[pushed.kind])}${of}${commit}, made with Loci.${trained}`],
  };
}

/** Scores with intervals and the settings of their measurement, without which they cannot be compared. */
function scores({ pushed, evaluations }: PushFacts): readonly CardSection[] {
  const ofRun = pushed.run === undefined ? [] : scoresOfRun(pushed.run);
  const sections: CardSection[] = evaluations.map((stored) => {
    const { record, report, facts } = stored;
    const filmed = report.conditions['as-filmed']?.scorers ?? [];
    return {
      title: `Scores: ${record.benchmark.use}`,
      text: [
        `${report.items} items, ${describeAskedFrames(record)}, ${describeSampling(record.sampling)}, seed ${record.seed}. Percent with 95 % intervals, by scorer.`,
      ],
      tables: [scorerTable(filmed, facts)],
    };
  });
  if (ofRun.length === 0) return sections;
  const text = ['Questions of the test split, held out of training. Means with 95 % intervals.'];
  return [{ title: 'Scores in the run', text, tables: ofRun }, ...sections];
}

function headlines({ record, report, facts }: StoredReport): readonly CardScore[] {
  const [first] = report.conditions['as-filmed']?.scorers ?? [];
  if (first === undefined || Number.isNaN(first.headline.value)) return [];
  return [
    {
      benchmark: record.benchmark.use,
      metric: `${first.scorer}: ${facts.headline}`,
      value: 100 * first.headline.value,
    },
  ];
}

function settings({ config, neutral }: PushFacts): readonly CardSection[] {
  if (config === undefined) return [];
  return [
    { title: 'Rewards', tables: [rewardsTable(config, neutral)] },
    { title: 'Data', tables: [dataTable(config, neutral)] },
    { title: 'Settings', tables: [settingsTable(config, neutral)] },
  ];
}

function contents({ pushed: { files } }: PushFacts): CardSection {
  const counts = new Map<string, number>();
  for (const file of files) {
    const ending = /\.(\w+)$/u.exec(file)?.[1]?.toLowerCase() ?? 'other';
    counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  const table: CardTable = {
    header: ['files', 'count'],
    rows: [...counts].map(([ending, count]) => [ending, `${count}`]),
  };
  return { title: 'Contents', tables: [table] };
}

function licenseSection({ licenses, config }: PushFacts, own: string | undefined): CardSection {
  const rows = licenses.map(({ what, repository, license }) => [
    `${what} ${repository}`,
    license ?? 'not stated by its card',
  ]);
  const generated = (config === undefined ? [] : datasetsOf(config)).some(
    ({ use }) => use === 'rooms',
  );
  return {
    title: 'Licenses',
    tables: [
      {
        header: ['of', 'license'],
        rows: [
          ['this repository', own ?? 'not stated'],
          ...rows,
          ...(generated
            ? [['generated rooms', 'made by the program, without data of others']]
            : []),
        ],
      },
    ],
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
