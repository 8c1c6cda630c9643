import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { cardText } from '../../src/push/card.ts';

test('facts for the hub come first, and texts cannot break out of them', () => {
  const text = cardText({
    ...{
      title: 'A thing',
      license: 'mit',
      baseModel: 'o/m',
      relation: 'adapter',
      datasets: ['o/d'],
    },
    tags: ['loci', '---\nlicense: free'],
    scores: [{ benchmark: 'vsi-bench', metric: 'official', value: 45.678 }],
    sections: [
      { title: 'One', text: ['Words.'], tables: [{ header: ['a', 'b'], rows: [['1|2', 'x\ny']] }] },
      { title: 'Two', code: ['loci ask'] },
    ],
  });
  const [, facts, body] = /^---\n(.*?)\n---\n\n(# A thing.*)$/su.exec(text)!;
  expect(parse(facts!)).toMatchObject({
    ...{ license: 'mit', base_model: 'o/m', base_model_relation: 'adapter', datasets: ['o/d'] },
    tags: ['loci', '---\nlicense: free'],
    'model-index': [{ results: [{ metrics: [{ name: 'official', value: 45.68 }] }] }],
  });
  expect(body).toBe(
    '# A thing\n\n## One\n\nWords.\n\n| a | b |\n| --- | --- |\n| 1\\|2 | x y |\n\n## Two\n\n```sh\nloci ask\n```\n',
  );
});
