import { expect, test } from '@jest/globals';
import { legsOf } from '../../../client/drawing/junctions.ts';
import { linesOf } from '../../../client/drawing/labels.ts';
import type { GraphWay } from '../../../core/graph.ts';

const way = (text: string): GraphWay => {
  const [event = '', ...outcomes] = text.split(' ');
  return { event, outcomes };
};
const label = (...ways: string[]) => linesOf(ways.map(way)).map(({ text }) => text);

test('events stand above the outcomes on the way', () => {
  expect(label('Told')).toEqual(['Told']);
  expect(label('Told Well')).toEqual(['Told', '→ Well']);
  expect(linesOf([way('Told Well')])).toEqual([
    { text: 'Told', of: 'event' },
    { text: '→ Well', of: 'outcome' },
  ]);
});

test('what does the same stands together', () => {
  expect(label('Told', 'Asked')).toEqual(['Told / Asked']);
  expect(label('Told Well', 'Told Badly', 'Asked Well', 'Asked Badly')).toEqual([
    'Told / Asked',
    '→ Well / Badly',
  ]);
  expect(label('Told Well', 'Told Badly', 'Asked Well')).toEqual([
    'Told',
    '→ Well / Badly',
    'Asked',
    '→ Well',
  ]);
});

test('what goes straight on is not taken for what depends on an outcome', () => {
  expect(label('Told', 'Told Well')).toEqual(['Told', 'Told', '→ Well']);
});

test('a stroke tells one way from the next', () => {
  expect(label('Told First Well', 'Told First Badly', 'Told otherwise')).toEqual([
    'Told',
    '→ First → Well / Badly /',
    '→ otherwise',
  ]);
});

test('what three states share is drawn once', () => {
  const to = ['A', 'B', 'C'];
  const edges = ['One', 'Two', 'Three'].flatMap((from) =>
    to.map((end) => ({ from, to: end, ways: [way(`${from}Told Is${end}`)] })),
  );
  const { junctions, legs } = legsOf({
    states: [],
    edges: [...edges, { from: 'A', to: 'One', ways: [way('Again')] }],
  });
  const told = legs.map(({ from, to: end, lines }) => `${from} → ${end}: ${lines.map(({ text }) => text)}`);
  expect(junctions).toEqual(
    ['One', 'Two', 'Three'].map((from) => ({ name: `A behind ${from}`, letter: 'A' })),
  );
  expect(told).toEqual([
    'A → One: Again',
    'One → A behind One: OneTold',
    'Two → A behind Two: TwoTold',
    'Three → A behind Three: ThreeTold',
    'A behind One → A: → IsA',
    'A behind One → B: → IsB',
    'A behind One → C: → IsC',
  ]);
  const other = edges.map((edge, index) => (index === 0 ? { ...edge, ways: [way('Told Else')] } : edge));
  expect(legsOf({ states: [], edges: other }).junctions).toHaveLength(2);
});
