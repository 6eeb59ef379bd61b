/** The engine of one process, as it starts. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { EffectExecutor } from '../../core/ports.ts';
import { ringing } from '../core/bell.ts';
import { createEngine, type Engine, embedded, go, type Rules } from '../support/engine.ts';

const rules: Rules = [
  ['New', 'Made', ringing({})],
  ['Ringing', 'BellFailed', go('Silent', {}, { final: true })],
];
let base: Engine;
beforeEach(() => {
  base = createEngine({ rules, persistence: 'outbox' });
});
afterEach(() => base.close());

/** A bell that never says whether it rang. */
function mute() {
  const rung: string[] = [];
  const bell: EffectExecutor = {
    async perform({ id }) {
      rung.push(id);
      return new Promise(() => {});
    },
    failure: () => undefined,
  };
  return { rung, executors: { bell } };
}

const turns = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test('takes over at once what the process before had claimed', async () => {
  const before = mute();
  const first = embedded(base, rules, before.executors);
  await base.tell('d', 'Made');
  await turns();
  expect(before.rung).toEqual(['d/1/1']);
  first.stop();
  base.clock.advance(1_000);

  const after = mute();
  embedded(base, rules, after.executors).stop();
  await turns();
  expect(after.rung).toEqual(['d/1/1']);
});

test('takes nothing over from itself: what it claimed before its recovery came by, in the same millisecond', async () => {
  const { rung, executors } = mute();
  const late = Promise.withResolvers<void>();
  const { deliverer, stop } = embedded(base, rules, executors, {
    due: (...asked) => late.promise.then(() => base.table.due(...asked)),
  });
  const event = { id: 'made', type: 'Made', payload: {} };
  await deliverer.deliver({ flow: base.flow, flowId: 'd', event });
  await turns();
  late.resolve();
  await turns();
  expect(rung).toEqual(['d/1/1']);
  stop();
});
