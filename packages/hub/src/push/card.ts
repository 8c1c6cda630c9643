/** Writes the card of a repository (`README.md`): its content, origin, scores and licenses, for people and for the hub. */
import { stringify } from 'yaml';

/** A table of a card. */
export interface CardTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A part of a card below a heading: paragraphs, then tables, then lines of a program. */
export interface CardSection {
  readonly title: string;
  readonly text?: readonly string[];
  readonly tables?: readonly CardTable[];
  readonly code?: readonly string[];
}

/** A score for the hub's own tables. */
export interface CardScore {
  readonly benchmark: string;
  /** On the hub, where it is there. */
  readonly repository?: string;
  readonly metric: string;
  /** In percent. */
  readonly value: number;
}

/** The content of a card. */
export interface Card {
  readonly title: string;
  readonly license?: string;
  /** On the hub. */
  readonly baseModel?: string;
  /** How the base was changed: `adapter`, `finetune`. */
  readonly relation?: 'adapter' | 'finetune';
  /** On the hub. */
  readonly datasets?: readonly string[];
  readonly library?: string;
  readonly pipeline?: string;
  readonly tags: readonly string[];
  readonly scores?: readonly CardScore[];
  readonly sections: readonly CardSection[];
}

/**
 * The text of a card. Source of the keys: https://huggingface.co/docs/hub/model-cards#model-card-metadata.
 *
 * @example cardText({ title: 'A', license: 'mit', tags: ['loci'], sections: [] }) // '---\nlicense: mit\ntags:\n  - loci\n---\n\n# A\n'
 */
export function cardText(card: Card): string {
  const {
    license,
    baseModel,
    relation,
    datasets = [],
    library,
    pipeline,
    tags,
    scores = [],
  } = card;
  const facts = {
    ...(license !== undefined && { license }),
    ...(baseModel !== undefined && { base_model: baseModel }),
    ...(baseModel !== undefined && relation !== undefined && { base_model_relation: relation }),
    ...(datasets.length > 0 && { datasets }),
    ...(library !== undefined && { library_name: library }),
    ...(pipeline !== undefined && { pipeline_tag: pipeline }),
    tags,
    ...(scores.length > 0 && { 'model-index': [modelIndex(card.title, scores)] }),
  };
  const sections = card.sections.map(sectionText);
  return `---\n${stringify(facts, { lineWidth: 0 })}---\n\n${[`# ${card.title}`, ...sections].join('\n\n')}\n`;
}

function modelIndex(name: string, scores: readonly CardScore[]): object {
  return {
    name,
    results: scores.map(({ benchmark, repository, metric, value }) => ({
      task: { type: 'visual-question-answering' },
      dataset: { name: benchmark, type: repository ?? benchmark },
      metrics: [{ type: 'accuracy', name: metric, value: Number(value.toFixed(2)) }],
    })),
  };
}

function sectionText({ title, text = [], tables = [], code = [] }: CardSection): string {
  return [
    `## ${title}`,
    ...text,
    ...tables.map(tableText),
    ...(code.length > 0 ? [`\`\`\`sh\n${code.join('\n')}\n\`\`\``] : []),
  ].join('\n\n');
}

function tableText({ header, rows }: CardTable): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replace(/\s+/gu, ' ')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
