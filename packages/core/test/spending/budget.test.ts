import { expect, test } from '@jest/globals';
import { Budget } from '../../src/spending/budget.ts';

test('what does not fit is refused, and what a request did not use is free again', async () => {
  const budget = new Budget(10, 3);
  const aside = await budget.setAside(6);
  aside.settle(2);
  aside.settle(9);
  expect(budget.spent).toBe(5);
  await expect(budget.setAside(5.5)).rejects.toMatchObject({
    code: 'budget-spent',
    message: '5.00 of the budget of 10.00 is spent, and the next request may cost 5.50',
  });
  (await budget.setAside(5)).settle(5);
  expect(budget.spent).toBe(10);
});

test('a request waits for those under way, whose rest may make room', async () => {
  const budget = new Budget(10, 0);
  (await budget.setAside(0.5)).settle(0.5);
  const first = await budget.setAside(7.5);
  let second = 'waits';
  const waiting = budget.setAside(5).then(
    () => (second = 'goes'),
    () => (second = 'refused'),
  );
  await Promise.resolve();
  expect(second).toBe('waits');
  first.settle(1);
  await waiting;
  expect(second).toBe('goes');
});

test('without a limit everything fits', async () => {
  const budget = new Budget();
  (await budget.setAside(1e12)).settle(1e12);
  await expect(budget.setAside(1e12)).resolves.toBeDefined();
});

test('the first request goes alone, and what it cost corrects the guesses at the others', async () => {
  const budget = new Budget(10);
  const first = await budget.setAside(1);
  let went = 0;
  const others = Array.from({ length: 8 }, async () => {
    const aside = await budget.setAside(1);
    went++;
    aside.settle(3);
  });
  const ended = Promise.allSettled(others);
  await Promise.resolve();
  expect(went).toBe(0);
  first.settle(3);
  const refused = (await ended).filter(({ status }) => status === 'rejected');
  // Three more would cost 9, and 3 are spent.
  expect(went).toBe(2);
  expect(refused).toHaveLength(6);
  expect(budget.spent).toBe(9);
});
