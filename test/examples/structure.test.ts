/** The example keeps to the rules of the project as if its files lay where they are copied to. */
import { expect, test } from '@jest/globals';
import asl from '../../examples/email-confirmation/state-definitions/email-confirmation.asl.json' with {
  type: 'json',
};
import { exampleFiles } from '../../operations/new-flow-plan.ts';
import { stableStates } from '../definitions/rules/machine.ts';
import { check } from '../structure/dependency-rules.ts';
import { importsOf, readSources } from '../structure/source.ts';
import { root } from './checkout.ts';

test('its files follow every rule', () => {
  const sources = Object.entries(exampleFiles(root))
    .filter(([path]) => path.endsWith('.ts'))
    .map(([path, text]) => ({ path, text }));
  expect(sources.length).toBeGreaterThan(15);
  const words = { flows: ['email-confirmation'], states: stableStates(asl).map(({ name }) => name) };
  expect(check(sources, words)).toEqual([]);
});

test('nothing but tests imports it', () => {
  const importing = readSources(root)
    .filter((file) => importsOf(file).some(({ target }) => target?.startsWith('examples/')))
    .map(({ path }) => path.split('/').slice(0, 2).join('/'));
  expect([...new Set(importing)]).toEqual(['test/examples']);
});
