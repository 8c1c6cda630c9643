import { z } from 'zod';
import { definePlugin } from '../../src/plugin/define-plugin.ts';
import {
  describeDatasetContract,
  describePolicyContract,
  describeRewardContract,
  fakeDataset,
  fakePolicy,
  fakeSample,
} from '../../src/testing/index.ts';

describePolicyContract({
  name: 'fake policy',
  create: async () => fakePolicy({ seed: 2 }),
  messages: [
    {
      role: 'user',
      parts: [
        { type: 'media', media: { kind: 'video', path: '/videos/a.mp4' } },
        { type: 'text', text: 'A or B' },
      ],
    },
  ],
});

describeDatasetContract({
  name: 'fake dataset',
  create: () =>
    fakeDataset({
      train: [fakeSample({ id: 'a', map: { chair: [[0, 9]] } }), fakeSample({ id: 'b' })],
      test: [fakeSample({ id: 'c' })],
    }),
});

describeRewardContract({
  plugin: definePlugin({
    kind: 'reward',
    name: 'says-b',
    description: 'One point for the letter B alone.',
    options: z.strictObject({}),
    create: () => ({
      range: [0, 1],
      score: ({ completions }) =>
        completions.map(({ text }) => ({ status: 'scored', value: text === 'B' ? 1 : 0 })),
    }),
  }),
  sample: fakeSample(),
  gold: 'B',
});
