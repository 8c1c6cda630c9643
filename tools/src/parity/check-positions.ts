/** M-RoPE positions of prompts and completions under both rules. */
import type { PositionRule } from '@loci/backends/internal';
import type { Fixture, ParityCase } from './fixture.ts';
import { integers } from './fixture.ts';
import { differences } from './report.ts';
import type { Report } from './report.ts';

interface Found {
  readonly prompt: readonly Int32Array[];
  /** Prompt and completion. */
  readonly whole: readonly Int32Array[];
  readonly deltas: readonly number[];
}

function positionsUnder(rule: PositionRule, { model }: Fixture, own: ParityCase): Found {
  const placed = own.prompts.map(({ tokenIds, media }) =>
    model.prompts.positions(tokenIds, media, rule),
  );
  const whole = placed.map(({ positions, next }, row) => {
    const length = positions.length / 3;
    const added = own.completions[row]!.length;
    return Int32Array.from({ length: 3 * (length + added) }, (_, index) => {
      const axis = Math.floor(index / (length + added));
      const token = index % (length + added);
      return token < length ? positions[axis * length + token]! : next + token - length;
    });
  });
  return {
    prompt: placed.map(({ positions }) => positions),
    whole,
    deltas: placed.map(({ ropeDelta }) => ropeDelta),
  };
}

/** Places that differ from a stored `[3, rows, length]`, padding before each row left out. */
function wrongPlaces(
  found: readonly Int32Array[],
  stored: Int32Array,
  { padding }: ParityCase,
): number {
  const rows = found.length;
  const length = stored.length / 3 / rows;
  let wrong = 0;
  found.forEach((positions, row) => {
    const own = positions.length / 3;
    if (own + padding[row]! !== length) wrong = Infinity;
    for (let axis = 0; axis < 3; axis++) {
      for (let token = 0; token < own; token++) {
        const expected = stored[(axis * rows + row) * length + padding[row]! + token];
        if (positions[axis * own + token] !== expected) wrong++;
      }
    }
  });
  return wrong;
}

/** The positions of a case; where the rules agree, both are held against the one array that is stored. */
export async function checkPositions(
  fixture: Fixture,
  report: Report,
  own: ParityCase,
): Promise<void> {
  const { arrays } = fixture;
  const rules = [
    { rule: '5.18', mark: '' },
    { rule: '4.49', mark: arrays.entries.has(`${own.prefix}/v4_rope_deltas`) ? 'v4_' : '' },
  ] as const;
  for (const { rule, mark } of rules) {
    const found = positionsUnder(rule, fixture, own);
    const check = async (name: string, wrong: (stored: Int32Array) => number) => {
      const array = `${own.prefix}/${mark}${name}`;
      if (!arrays.entries.has(array)) return report.absent(array);
      report.add(`${array} (rule ${rule})`, wrong(await integers(arrays, array)), 0);
    };
    if (mark === '') {
      await check('position_ids', (stored) => wrongPlaces(found.prompt, stored, own));
    }
    await check('completion_position_ids', (stored) => wrongPlaces(found.whole, stored, own));
    await check('rope_deltas', (stored) => differences(found.deltas, stored));
  }
}
