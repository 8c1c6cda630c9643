import assert from 'node:assert/strict';
import type { Benchmark, BenchmarkItem, ScoredRow, Scorer } from '../spec/index.ts';
import { describeChecks } from './contract.ts';

/** A benchmark to be checked, on data small enough to be gone through several times. */
export interface BenchmarkContract {
  readonly name: string;
  create(): Benchmark | Promise<Benchmark>;
  /** A completion that is right by every scorer that counts the item. */
  gold(item: BenchmarkItem): string;
  /** The reply of a judge model to a right answer, for benchmarks that use a judge. */
  readonly goldJudgement?: (item: BenchmarkItem) => string;
  /** Scorers that count an empty answer as right, as some authors' do. */
  readonly emptyIsRight?: readonly string[];
}

/** Texts that answer no question. */
const NONSENSE: readonly string[] = ['', '\n', '<answer>', '???', '{"', '\u0000', 'z'.repeat(2000)];

/**
 * Declares the tests that every benchmark passes: its items are whole and the same twice, the prompt shows media and question,
 * right answers score fully by every scorer, nonsense never throws and is never right, items that could not be asked are
 * counted or left out and never lost, sums of nothing do not throw.
 */
export function describeBenchmarkContract(contract: BenchmarkContract): void {
  describeChecks(`benchmark contract: ${contract.name}`, [
    {
      name: 'items are whole, their ids unique, and the same twice',
      async run() {
        const benchmark = await contract.create();
        const items = await itemsOf(benchmark);
        assert.ok(items.length > 0, 'the benchmark has no items');
        for (const item of items) assertWhole(item);
        assert.equal(new Set(items.map(({ id }) => id)).size, items.length);
        assert.deepEqual(await itemsOf(benchmark), items);
        assert.deepEqual(await itemsOf(await contract.create()), items);
      },
    },
    {
      name: 'the prompt shows every medium and the question',
      async run() {
        const benchmark = await contract.create();
        for (const item of await itemsOf(benchmark)) assertShown(benchmark, item);
      },
    },
    {
      name: 'right answers score fully by every scorer',
      async run() {
        const benchmark = await contract.create();
        const items = await itemsOf(benchmark);
        for (const scorer of benchmark.scorers) assertGold(scorer, items, contract);
      },
    },
    {
      name: 'nonsense never throws and is never right',
      async run() {
        const benchmark = await contract.create();
        const items = await itemsOf(benchmark);
        for (const scorer of benchmark.scorers) {
          for (const output of NONSENSE) assertNonsense(scorer, items, output, contract);
        }
      },
    },
    {
      name: 'items without an answer are counted as wrong or left out, with the reason',
      async run() {
        const benchmark = await contract.create();
        const items = await itemsOf(benchmark);
        for (const scorer of benchmark.scorers) assertUnanswered(scorer, items);
      },
    },
    {
      name: 'scorers have names of their own, and sum up nothing',
      async run() {
        const { scorers } = await contract.create();
        assert.equal(new Set(scorers.map(({ name }) => name)).size, scorers.length);
        for (const scorer of scorers) {
          assert.ok(scorer.description.length > 0, `${scorer.name} has no description`);
          assert.equal(scorer.aggregate([]).headline.count, 0);
        }
      },
    },
  ]);
}

async function itemsOf(benchmark: Benchmark): Promise<readonly BenchmarkItem[]> {
  const items: BenchmarkItem[] = [];
  for await (const item of benchmark.items()) items.push(item);
  return items;
}

function assertWhole({ id, task, question, answer, options, media }: BenchmarkItem): void {
  for (const text of [id, task, question, answer]) assert.ok(text !== '', `${id}: an empty field`);
  assert.ok(media.length > 0, `${id}: nothing to look at`);
  for (const { path } of media) {
    assert.ok(path.startsWith('/') || /^[A-Z]:/i.test(path), `${id}: a relative path`);
  }
  assert.equal(new Set(options).size, options.length, `${id}: two options are the same`);
}

function assertShown(benchmark: Benchmark, item: BenchmarkItem): void {
  const parts = benchmark.render(item).flatMap((message) => message.parts);
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
  const paths = new Set(parts.flatMap((part) => (part.type === 'media' ? [part.media.path] : [])));
  assert.ok(text.includes(item.question), `${item.id}: the prompt does not show the question`);
  for (const { path } of item.media) assert.ok(paths.has(path), `${item.id}: ${path} is not shown`);
}

function assertGold(
  scorer: Scorer,
  items: readonly BenchmarkItem[],
  { gold, goldJudgement }: BenchmarkContract,
): void {
  const rows = items.map((item): ScoredRow => {
    const prediction = {
      status: 'answered',
      output: gold(item),
      ...(goldJudgement && { judgement: goldJudgement(item) }),
    } as const;
    const verdict = scorer.score(item, prediction);
    const message = `${scorer.name}, ${item.id}: ${gold(item)} scores ${verdict.score} (${verdict.reason ?? ''})`;
    if (verdict.counted) assert.equal(verdict.score, 1, message);
    return { item, verdict };
  });
  const { headline } = scorer.aggregate(rows);
  assert.ok(headline.count > 0, `${scorer.name} counts nothing`);
  assert.ok(
    Math.abs(headline.value - 1) < 1e-9,
    `${scorer.name}: the headline is ${headline.value}`,
  );
}

function assertNonsense(
  scorer: Scorer,
  items: readonly BenchmarkItem[],
  output: string,
  { emptyIsRight = [] }: BenchmarkContract,
): void {
  const forgiving = emptyIsRight.includes(scorer.name);
  for (const item of items) {
    const verdict = scorer.score(item, { status: 'answered', output });
    const message = `${scorer.name}, ${item.id}: ${JSON.stringify(output.slice(0, 20))} scores ${verdict.score}`;
    assert.ok(verdict.score >= 0 && verdict.score <= 1, message);
    // A scorer may draw an answer for items without one, and must then say so.
    assert.ok(verdict.score < 1 || forgiving || verdict.reason !== undefined, message);
  }
}

function assertUnanswered(scorer: Scorer, items: readonly BenchmarkItem[]): void {
  for (const status of ['not-asked', 'failed'] as const) {
    const rows = items.map((item): ScoredRow => {
      const verdict = scorer.score(item, { status, reason: 'the disk is gone' });
      assert.equal(verdict.answered, false, `${scorer.name}, ${item.id}: answered`);
      assert.equal(verdict.reason, 'the disk is gone', `${scorer.name}, ${item.id}: no reason`);
      return { item, verdict };
    });
    const counted = rows.filter(({ verdict }) => verdict.counted).length;
    assert.ok(scorer.aggregate(rows).headline.count <= counted, `${scorer.name} counts too many`);
  }
}
