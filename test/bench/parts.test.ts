import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parts, quickParts } from '../../bench/parts.ts';
import { theBudget } from '../../bench/report/budget.ts';
import { replaced } from '../../bench/report/docs.ts';
import type { Result } from '../../bench/report/result.ts';

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const names = parts.map(({ name }) => name);

test('the page has a section for each part', () => {
  const page = readFileSync(at('docs/performance.md'), 'utf8');
  for (const name of ['machine', ...names]) expect(replaced(page, name, 'new')).toContain('new');
});

test('a short run has the parts that it says', () => {
  expect(new Set(names).size).toBe(names.length);
  expect(quickParts).toEqual(['engine', 'contention']);
  expect(names).toEqual(expect.arrayContaining(quickParts));
});

test('whatever is held to anything is in the results that lie here, as far as the latest run went', () => {
  const results: Result[] = JSON.parse(readFileSync(at('bench/results/latest.json'), 'utf8'));
  const found = new Map(results.map((result) => [result.name, result]));
  const kindOf = (name: string) => name.split('.')[0];
  const measured = new Set(results.map(({ name }) => kindOf(name)));
  const held = (all: object) => Object.keys(all).filter((name) => measured.has(kindOf(name)));
  expect(measured).toContain('engine');
  for (const name of held(theBudget.counted)) expect(found.get(name)).toBeDefined();
  for (const name of held(theBudget.timed)) expect(found.get(name)?.ratio).toBeGreaterThan(0);
});
