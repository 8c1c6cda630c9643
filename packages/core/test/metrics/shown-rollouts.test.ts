import { describe, expect, test } from '@jest/globals';
import { rolloutMarkdown, shownRollouts, tableMarkdown } from '../../src/metrics/shown-rollouts.ts';
import { loggedRollout } from './logged-rollout.ts';

const options = { rolloutsEvery: 10, rollouts: 4 };

describe('rollouts that sinks show', () => {
  test('are the best and the worst of a step, at most one a sample, best first', () => {
    const rewards = [3, 9, 9, 1, 5, 7, null, 2];
    const all = rewards.map((reward, index) => loggedRollout(`s${index >> 1}`, reward));
    const shown = shownRollouts(20, all, options);
    expect(shown.map(({ sampleId, reward }) => [sampleId, reward])).toEqual([
      ['s0', 9],
      ['s1', 9],
      ['s2', 5],
      ['s3', 2],
    ]);
    expect(shownRollouts(20, all.slice(0, 2), options)).toHaveLength(1);
  });

  test.each([
    [11, options],
    [10, { ...options, rolloutsEvery: 0 }],
  ])('are none in step %i with %j', (step, given) => {
    expect(shownRollouts(step, [loggedRollout('a', 1)], given)).toEqual([]);
  });
});

describe('Markdown', () => {
  test('a completion cannot leave its block of code', () => {
    const text = '```\n<script>alert(1)</script>\n````';
    const markdown = rolloutMarkdown(loggedRollout('a', 1, { text, opened: '<think>' }));
    expect(markdown).toContain(`\`\`\`\`\`\n<think>${text}\n\`\`\`\`\``);
    expect(markdown).toContain('**reward 1** (answer 1)');
    expect(markdown).toContain('truth: ` 3 `');
  });

  test('a cell of a table is one line of text', () => {
    expect(
      tableMarkdown(
        ['a|b', 'c'],
        [
          ['<b>x</b>\n\\', null],
          ['y', 0.123456],
        ],
      ),
    ).toBe('| a\\|b | c |\n| --- | --- |\n| \\<b\\>x\\</b\\> \\\\ | – |\n| y | 0.1235 |');
  });
});
