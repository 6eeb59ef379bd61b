import { expect, test } from '@jest/globals';
import { fragmentOf, idIn, type Route, routeOf } from '../../client/inspector/route.ts';

const route = (more: Partial<Route> = {}): Route => ({
  ...{ flow: undefined, id: undefined, only: 'newest', state: undefined, version: undefined },
  ...more,
});

const all: [string, Route][] = [
  ['#/', route()],
  ['#/?only=stuck', route({ only: 'stuck' })],
  ['#/one', route({ flow: 'one' })],
  ['#/one?only=overdue&state=Waiting', route({ flow: 'one', only: 'overdue', state: 'Waiting' })],
  ['#/one/a-b_C', route({ flow: 'one', id: 'a-b_C' })],
  ['#/one/a-b_C?only=stuck&version=3', route({ flow: 'one', id: 'a-b_C', only: 'stuck', version: 3 })],
  ['#/a%20flow/with%2Fslash%3F', route({ flow: 'a flow', id: 'with/slash?' })],
];

test.each(all)('%s is a place, there and back', (fragment, place) => {
  expect(routeOf(fragment)).toEqual(place);
  expect(fragmentOf(place)).toBe(fragment);
});

test.each([
  ['', route()],
  ['#', route()],
  ['#main', route({ flow: 'main' })],
  ['#/?state=Waiting', route()],
  ['#/one?version=3', route({ flow: 'one' })],
  ['#/one/id?version=0', route({ flow: 'one', id: 'id' })],
  ['#/one/id?version=x&only=all', route({ flow: 'one', id: 'id' })],
  ['#/%', route({ flow: '%' })],
])('of %j what nobody can read is left out', (fragment, place) => {
  expect(routeOf(fragment)).toEqual(place);
});

test('what was chosen of a flow is nothing without it', () => {
  expect(fragmentOf(route({ id: 'id', state: 'Waiting', version: 3 }))).toBe('#/');
});

test.each([
  ['  ZMGsDFrxOxgEBAQVPzcYqQ\n', 'ZMGsDFrxOxgEBAQVPzcYqQ'],
  ['ZMGs/3/1', 'ZMGs'],
  ['http://localhost:3000/inspect#/one/ZMGs?version=2', 'ZMGs'],
  [' ', ''],
])('the id in %j', (pasted, id) => {
  expect(idIn(pasted)).toBe(id);
});
