import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { rows } from '../../core/definition.ts';
import { stableStates } from '../../core/migration.ts';
import { flowSettings, flowsOf } from '../../flows/index.ts';

const folder = resolve(import.meta.dirname, '../../client/inspector');

/** What only one flow knows: its name, its states, its events. */
const own = Object.values(flowsOf(flowSettings())).flatMap(({ name, definition }) => [
  name,
  ...stableStates(definition).map((state) => state.name),
  ...rows(definition).map(({ event }) => event),
]);

test.each(readdirSync(folder))('%s shows any flow, and knows none', (file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  const named = [...new Set(own)].filter((name) => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text));
  expect(named).toEqual([]);
});
