import { expect, test } from '@jest/globals';
import { changedLines, linesOf } from '../../client/inspector/data-lines.ts';

const told = (lines: ReturnType<typeof linesOf>) =>
  lines.map(({ path, value, change, before }) =>
    [path.join('.'), value, change, before].filter((part) => part !== undefined),
  );

test('every value is a line, also what is empty', () => {
  expect(
    linesOf({ text: 'a', number: 1, yes: true, none: null, list: [{ of: 'b' }, 2], nothing: {}, empty: [] }),
  ).toEqual([
    { path: ['text'], value: '"a"', kind: 'text' },
    { path: ['number'], value: '1', kind: 'number' },
    { path: ['yes'], value: 'true', kind: 'word' },
    { path: ['none'], value: 'null', kind: 'word' },
    { path: ['list', '0', 'of'], value: '"b"', kind: 'text' },
    { path: ['list', '1'], value: '2', kind: 'number' },
    { path: ['nothing'], value: '{}', kind: 'empty' },
    { path: ['empty'], value: '[]', kind: 'empty' },
  ]);
});

test('what is new, changed or removed is marked, and nothing else', () => {
  const before = {
    same: { deep: 1 },
    moved: 'a',
    gone: { all: 1, of: { it: 2 } },
    part: { left: 1, lost: 2 },
  };
  const data = { same: { deep: 1 }, moved: 'b', part: { left: 1 }, come: [1] };
  expect(told(changedLines(data, before))).toEqual([
    ['same.deep', '1'],
    ['moved', '"b"', 'changed', '"a"'],
    ['part.left', '1'],
    ['come.0', '1', 'new'],
    ['gone', 'removed', '{"all":1,"of":{"it":2}}'],
    ['part.lost', 'removed', '2'],
  ]);
});

test('a value that becomes an object is new within, and was another before', () => {
  expect(told(changedLines({ one: { two: 1 } }, { one: 'text' }))).toEqual([
    ['one.two', '1', 'new'],
    ['one', 'removed', '"text"'],
  ]);
});

test('at the beginning all is new', () => {
  expect(told(changedLines({ one: 1 }, {}))).toEqual([['one', '1', 'new']]);
});
