/** Scale on paper: the document says what the code computes, and a simulation of the same parts, with their queues, agrees. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { shards } from '../../adapters/aws/dynamo-items.ts';
import { BATCH, HASHING, RECORDS_AT_ONCE } from '../../bench/scale/durations.ts';
import { document, figuresOfScale } from '../../bench/scale/figures.ts';
import { Heap } from '../../bench/scale/heap.ts';
import { figure, withFigures } from '../../bench/scale/markdown.ts';
import { binding, stationsOf } from '../../bench/scale/paper.ts';
import { quotas } from '../../bench/scale/quotas.ts';
import { randomOf } from '../../bench/scale/random.ts';
import { asDeployed, setups } from '../../bench/scale/setups.ts';
import { Lane, Rate, Slots } from '../../bench/scale/stations.ts';
import { type Figures, rates, tablesOf } from '../../bench/scale/tables.ts';
import { erlangC, waitOfMD1, waitOfMMc } from '../../bench/scale/theory.ts';

const source = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

let figures: Figures;
beforeAll(async () => {
  figures = await figuresOfScale();
}, 60_000);

describe('docs/scale.md', () => {
  test('has the tables that the code gives: npm run bench:scale', () => {
    const text = readFileSync(document, 'utf8');
    expect(withFigures(text, tablesOf(figures))).toBe(text);
  });

  test('reckons with what is deployed', () => {
    expect(asDeployed.indexShards).toBe(shards.length);
    expect(source('infra/stage.ts')).toContain(
      `production: { requestsPerSecond: ${asDeployed.stageRequests},`,
    );
    expect(source('infra/relay.ts')).toContain(`batchSize: ${BATCH},`);
    expect(source('infra/relay.ts')).toContain(
      `parallelizationFactor: ${quotas.parallelizationFactor.value},`,
    );
    expect(source('core/reconciler.ts')).toContain(`const RECORDS_AT_ONCE = ${RECORDS_AT_ONCE};`);
    expect(source('local/admission.ts')).toContain(`about ${HASHING} s of a core`);
  });
});

describe('the paper', () => {
  test('sorts by the rate that each part takes, the tightest first', () => {
    const limits = stationsOf(asDeployed, figures.life).map(({ limit }) => limit);
    expect(limits).toEqual(limits.toSorted((one, other) => one - other));
    expect(binding(asDeployed, figures.life)).toMatchObject({ name: 'sms', limit: 20 });
  });

  test('has a deployment for each rate, which takes it', () => {
    expect(setups.map(({ rate }) => rate)).toEqual([...rates]);
    for (const setup of setups) expect(binding(setup, figures.life).limit).toBeGreaterThan(setup.rate);
  });
});

describe('the simulation', () => {
  test('waits as long as Erlang, Pollaczek and Khinchine say, within 3 % for these seeds', () => {
    expect(figures.known).toHaveLength(6);
    for (const { simulated, formula } of figures.known)
      expect(Math.abs(simulated / formula - 1)).toBeLessThan(0.03);
  });

  test('has as many under way as Little’s law says, within 5 %', () => {
    for (const { busy, little } of figures.simulated) {
      expect(Math.abs(busy.lambda / little.lambda - 1)).toBeLessThan(0.05);
      expect(Math.abs(busy.express / little.express - 1)).toBeLessThan(0.05);
    }
  });

  test('gives out where the paper says, at that rate within 10 %, and not before', () => {
    expect(figures.simulated.map(({ paper }) => paper.name)).toEqual(['sms', 'lambda', 'reconciler']);
    for (const { paper, found, growing } of figures.simulated) {
      expect(growing).toEqual([]);
      expect(found.place).toBe(paper.name);
      expect(Math.abs(found.rate / paper.limit - 1)).toBeLessThan(0.1);
    }
  });
});

describe('the formulas', () => {
  test('Erlang C: for one server the chance to wait is its load; for two, by hand', () => {
    expect(erlangC(1, 0.7)).toBeCloseTo(0.7, 12);
    // a²/(2 + a) for two servers and load a.
    expect(erlangC(2, 1)).toBeCloseTo(1 / 3, 12);
  });

  test('even service waits half as long as exponential service', () => {
    expect(waitOfMD1(8, 0.1)).toBeCloseTo(waitOfMMc(8, 0.1, 1) / 2, 12);
  });
});

describe('the parts', () => {
  test('slots: so many at once, in order of arrival', () => {
    const slots = new Slots(2);
    expect([slots.serve(0, 3), slots.serve(0, 1), slots.serve(0.5, 1)].map(({ begin }) => begin)).toEqual([
      0, 0, 1,
    ]);
    expect([slots.busy(1.5), slots.busy(2), slots.busy(3)]).toEqual([2, 1, 0]);
  });

  test('a rate: units come evenly, and none are saved up', () => {
    const rate = new Rate(2);
    expect([rate.serve(0, 1), rate.serve(0, 2), rate.serve(10, 1)]).toEqual([
      { begin: 0, end: 0.5 },
      { begin: 0.5, end: 1.5 },
      { begin: 10, end: 10.5 },
    ]);
  });

  test('a lane: who comes meanwhile goes with the next batch, as far as there is room', () => {
    const lane = new Lane(2);
    expect([0, 0.1, 0.2, 0.3].map((now) => lane.serve(now, 1).end)).toEqual([1, 2, 2, 3]);
  });

  test('a heap gives in order', () => {
    const random = randomOf(1);
    const heap = new Heap<number>((value) => value);
    const values = Array.from({ length: 500 }, () => random.below(100));
    for (const value of values) heap.push(value);
    expect(values.map(() => heap.pop())).toEqual(values.toSorted((one, other) => one - other));
    expect(heap.pop()).toBeUndefined();
  });

  test('chance repeats with its seed, and is even', () => {
    expect(randomOf(5).fraction()).toBe(randomOf(5).fraction());
    const random = randomOf(3);
    const draws = Array.from({ length: 50_000 }, () => random.fraction());
    expect(draws.reduce((sum, one) => sum + one, 0) / draws.length).toBeCloseTo(0.5, 2);
    const pauses = Array.from({ length: 50_000 }, () => random.exponential(2));
    expect(pauses.reduce((sum, one) => sum + one, 0) / pauses.length).toBeCloseTo(2, 1);
  });

  test('figures: three digits count; a place without a table, and a table without a place, are refused', () => {
    expect([0, 1.075, 20, 406.78, 983_333].map(figure)).toEqual(['0', '1.08', '20', '407', '983,000']);
    const text = '<!-- figures:one -->\nold\n<!-- /figures -->';
    expect(withFigures(text, { one: 'new\n' })).toBe('<!-- figures:one -->\nnew\n<!-- /figures -->');
    expect(() => withFigures(text, {})).toThrow('no table one');
    expect(() => withFigures(text, { one: '', two: '' })).toThrow('no place for two');
  });
});
