import { expect, test } from '@jest/globals';
import { commandText } from '../src/command-text.ts';

test('a command can be typed again', () => {
  expect(commandText(['train', '--steps', '20', '--set', "a=it's b"], {})).toBe(
    `loci train --steps 20 --set 'a=it'\\''s b'`,
  );
});

test('the value of a secret of the environment is named, not shown; short and plain ones stay', () => {
  const environment = { MY_API_KEY: 'sk-123456789', OTHER_TOKEN: 'none', PLACE: 'runs/abcdefgh' };
  const words = ['train', '--set', 'policy.key=sk-123456789', '--run', 'runs/abcdefgh', 'none'];
  expect(commandText(words, environment)).toBe(
    "loci train --set 'policy.key=${MY_API_KEY}' --run runs/abcdefgh none",
  );
});
