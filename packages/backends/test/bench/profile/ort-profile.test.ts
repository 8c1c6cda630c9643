import { expect, test } from '@jest/globals';
import { byOperator, readProfile } from '../../../src/bench/profile/ort-profile.ts';

const node = (op: string, ts: number, dur: number, args: object = {}) => ({
  ...{ cat: 'Node', name: `${op}_1_kernel_time`, ts, dur },
  args: { op_name: op, ...args },
});
const run = (ts: number, dur: number) => ({
  ...{ cat: 'Session', name: 'model_run', ts, dur },
  args: {},
});

const PRODUCT = {
  input_type_shape: [{ float: [8, 128] }, { float: [128] }],
  output_type_shape: [{ float: [8, 64] }],
  activation_size: '4608',
  parameter_size: '512',
  output_size: '2048',
};

test('nodes belong to the run that they lie in, with shapes and bytes', () => {
  const events = [
    { cat: 'Session', name: 'session_initialization', ts: 0, dur: 50, args: {} },
    ...[node('Add', 110, 20), run(100, 100), node('Gemm', 310, 1500, PRODUCT), run(300, 2000)],
    { ...node('Add', 320, 5), name: 'Add_1_fence_before' },
  ];
  const runs = readProfile(JSON.stringify(events));
  expect(runs.map((own) => own.map(({ op, ms }) => [op, ms]))).toEqual([
    [['Add', 0.02]],
    [['Gemm', 1.5]],
  ]);
  expect(runs[1]![0]).toMatchObject({
    inputs: [[8, 128], [128]],
    outputs: [[8, 64]],
    bytes: { read: 5120, written: 2048 },
  });
});

test('a loop has what its body leaves', () => {
  const events = [
    ...[run(0, 1000), node('Loop', 100, 500), node('Gemm', 110, 200), node('If', 350, 100)],
    ...[node('Add', 360, 40), node('Add', 700, 7)],
  ];
  const [nodes] = readProfile(JSON.stringify(events));
  const times = Object.fromEntries(
    byOperator(nodes!).map(({ op, ms, count }) => [op, [ms, count]]),
  );
  expect(times['Loop']![0]).toBeCloseTo(0.26);
  expect(times['If']![0]).toBeCloseTo(0.06);
  expect(times['Add']).toEqual([expect.closeTo(0.047), 2]);
});

test('a file that is not a profile is an error', () => {
  for (const text of ['', '{}', '[{"name":"model_run"}]']) {
    expect(() => readProfile(text)).toThrow(
      expect.objectContaining({ code: 'profile-unreadable' }),
    );
  }
});
