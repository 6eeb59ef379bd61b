import { expect, test } from '@jest/globals';
import { marksOf, staysOf } from '../../client/inspector/trace.ts';
import type { TransitionView } from '../../local/inspector/views.ts';

const start = new Date(2026, 10, 1, 9, 0, 0).getTime();

const transition = (
  version: number,
  from: string,
  to: string,
  afterMs: number,
  status: TransitionView['status'] = 'applied',
): TransitionView => ({
  ...{ version, from, to, status, facts: [], effects: [], entry: true, dropped: [] },
  event: { id: `e${version}`, type: 'Event' },
  at: new Date(start + afterMs).toISOString(),
});

const transitions = [
  transition(1, 'New', 'Red', 0),
  transition(2, 'Red', 'Red', 500),
  transition(3, 'Red', 'Green', 2_000),
  transition(4, 'Green', 'Green', 2_500, 'deferred'),
  transition(5, 'Green', 'Red', 5_000),
  transition(6, 'Red', 'Blue', 65_000),
];

test('a stay lasts until another state, whatever happens within', () => {
  expect(staysOf({ transitions }).map(({ state, since }) => [state, Date.parse(since) - start])).toEqual([
    ['Red', 0],
    ['Green', 2_000],
    ['Red', 5_000],
    ['Blue', 65_000],
  ]);
});

test('the way, the place, and the times: how long, how often, since when', () => {
  expect(marksOf({ state: 'Blue', final: false, transitions }, start)).toEqual({
    current: 'Blue',
    path: [
      { from: 'New', to: 'Red' },
      { from: 'Red', to: 'Red' },
      { from: 'Red', to: 'Green' },
      { from: 'Green', to: 'Red' },
      { from: 'Red', to: 'Blue' },
    ],
    times: { Red: '2× 1 min 2 s', Green: '3 s', Blue: 'since 09:01:05' },
  });
});

test('where nothing comes any more it is the time of arrival', () => {
  const { times } = marksOf({ state: 'Blue', final: true, transitions }, start);
  expect(times['Blue']).toBe('at 09:01:05');
});

test('without any transition there is only the place', () => {
  expect(marksOf({ state: 'Blue', final: false, transitions: [] }, start)).toEqual({
    ...{ current: 'Blue', path: [], times: {} },
  });
});
