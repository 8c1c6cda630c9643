/** Has one sample scored, as `python3 loci_reward.py` does in a preflight. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ask } from './rewards.mjs';

const { probe } = JSON.parse(readFileSync('config.json', 'utf8'));
const member = randomUUID();
const asked = {
  group: member,
  member,
  step: 1,
  text: '',
  tokens: 1,
  truncated: false,
  truth: probe,
};
console.log(JSON.stringify(await ask({ ...asked, split: 'probe', source: 'probe', index: 0 })));
