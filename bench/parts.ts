/** The parts of the benchmark, in their order. */
import { part as contention } from './contention/index.ts';
import { part as engine } from './engine/index.ts';
import { part as growth } from './growth/index.ts';
import { part as http } from './http/index.ts';
import type { Part } from './report/result.ts';
import { part as start } from './start/index.ts';
import { durableWork } from './work/durable-work.ts';

const work: Part = {
  name: 'work',
  title: 'Durable work of one login, counted',
  measure: () => durableWork(),
};

export const parts: Part[] = [engine, http, work, growth, contention, start];

/** What `--quick` runs. */
export const quickParts = [engine.name, contention.name];
