/** What a record remembers of its last answers: each as it was given, though only differences of views are kept. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { attributesOf, itemBytes } from '../../adapters/aws/dynamo-items.ts';
import { recordKey } from '../../core/flow.ts';
import { seen } from '../../core/trail.ts';
import { TRAIL_LENGTH } from '../../core/transition.ts';
import type { Entry, InstanceRecord, JsonObject } from '../../core/types.ts';
import { putUser } from '../../local/users.ts';
import { createEngine, defer, type Rule, type Rules } from '../support/engine.ts';
import { cheapCost, createWorld } from '../support/world.ts';

const states = ['A', 'B'];

/** The event says where it leads, and what the data are then. */
const moved: Rule = ({ step, event: { payload } }) => ({
  state: String(payload['to']),
  step: { ...step, data: payload['data'] as JsonObject, facts: payload['fact'] ? [{ type: 'Went' }] : [] },
  deadlineSeconds: 9,
});

const rules: Rules = [
  ['New', 'Moved', moved],
  ['A', 'Moved', moved],
  ['B', 'Moved', moved],
  ['A', 'Called', defer],
  [
    'B',
    'Called',
    ({ step }) => ({ state: 'A', step: { ...step, data: { called: true } }, deadlineSeconds: 9 }),
  ],
  // Dropped where it is due in B.
  ['A', 'Knocked', defer],
];

const data = fc.dictionary(
  fc.constantFrom('x', 'y', 'z'),
  fc.oneof(fc.constantFrom(null, 1, 'a'), fc.object()),
);
const told = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ to: fc.constantFrom(...states), data, fact: fc.boolean() }).map((payload) => ({
      type: 'Moved',
      payload: JSON.parse(JSON.stringify(payload)) as JsonObject,
    })),
  },
  { weight: 1, arbitrary: fc.constantFrom('Called', 'Knocked').map((type) => ({ type, payload: {} })) },
);

test('every event of the last 32 transitions gets its first answer again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(told, { minLength: 1, maxLength: 50 }), async (events) => {
      const engine = createEngine({ rules });
      try {
        const first = new Map<string, unknown>();
        for (const [index, { type, payload }] of events.entries()) {
          const answer = await engine.tell('d', type, payload, `e${index}`);
          if ('version' in answer) first.set(`e${index}`, toldOf(answer));
        }
        // A journal keeps every answer whole.
        const entries = (await engine.entries('d')) as unknown as Entry[];
        const kept = entries.slice(-TRAIL_LENGTH);
        for (const { version, event, to, answer } of kept) {
          const again = await engine.tell('d', event.type, payloadOf(events, event.id), event.id);
          expect(again).toMatchObject({ replayed: true });
          const truth = kept.find((one) => one.event.id === event.id);
          if (truth?.version !== version) continue;
          expect(toldOf(again)).toEqual({ ...answer, version, state: to });
          if (entries.find((one) => one.event.id === event.id)?.version === version)
            expect(toldOf(again)).toEqual(first.get(event.id));
        }
      } finally {
        engine.close();
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);

const payloadOf = (events: { payload: JsonObject }[], id: string): JsonObject =>
  events[Number(id.slice(1))]?.payload ?? {};

/** What a caller is told of the answer. */
function toldOf(answer: object): object {
  const { status, outcome, view, version, state } = answer as { [part: string]: unknown };
  return { status, outcome, view, version, state };
}

test('the newest item keeps no view, an older one only what differed', async () => {
  const engine = createEngine({ rules });
  const trail = async () => (await engine.record('d'))?.trail.map(({ view }) => view);
  await engine.tell('d', 'Moved', { to: 'A', data: { x: 1, y: 2 } });
  expect(await trail()).toEqual([undefined]);
  await engine.tell('d', 'Moved', { to: 'B', data: { x: 1, y: 3, z: 4 } });
  expect(await trail()).toEqual([{ set: { y: 2 }, removed: ['z'] }, undefined]);
  await engine.tell('d', 'Moved', { to: 'A', data: { x: 1, y: 3, z: 4 } });
  expect(await trail()).toEqual([{ set: { y: 2 }, removed: ['z'] }, undefined, undefined]);
  engine.close();
});

/** A write costs one unit for each KB that has begun. */
const KB = 1_024;

/** Ids of the API have 22 characters (128 bits in Base64url); a flow id may be longer, one of 256 bits has 43. */
test.each([22, 43])(
  'the record of a login fits into a write unit of DynamoDB, with %i characters for its id',
  async (length) => {
    const world = await createWorld();
    const username = 'first.name.and.a.surname@mail.example.org';
    await putUser(world.table, { username, password: 'pass', phone: '+155555501234567' }, cheapCost);
    world.clock.advance(7_654_321);
    const id = 'f'.repeat(length);
    const key = recordKey('mfa-login', id);
    const bytes = async () => {
      const { table: _, ...keys } = key;
      return itemBytes({ ...keys, ...attributesOf(key, (await world.table.read(key)) ?? {}) });
    };
    const payload = { username, password: 'pass', source: '192.0.2.1' };
    await world.tell(id, 'LoginRequested', payload, 'e'.repeat(22));
    await world.relayAll(id);
    world.clock.advance(8_123);
    await world.tell(id, 'OtpSubmitted', { code: world.code() }, 'd'.repeat(22));
    expect(await world.record(id)).toMatchObject({ state: 'LoggedIn', trail: [{}, {}] });
    // Less would be a measuring mistake.
    expect(await bytes()).toBeGreaterThan(0.9 * KB);
    expect(await bytes()).toBeLessThanOrEqual(KB);
    world.close();
  },
);

test('a record of an earlier release, with whole views in its trail, answers by them', async () => {
  const engine = createEngine({ rules });
  try {
    await engine.tell('d', 'Moved', { to: 'A', data: { x: 1 }, fact: true }, 'e0');
    await engine.tell('d', 'Moved', { to: 'B', data: { x: 2 }, fact: true }, 'e1');
    const key = recordKey(engine.flow.name, 'd');
    const record = (await engine.table.read(key)) as unknown as InstanceRecord;
    const [oldest, ...others] = record.trail;
    const { view: _, ...item } = oldest ?? fail();
    const answer = { status: 'applied', outcome: 'Went', view: { x: 'of then' } };
    const trail = [{ ...item, answer: answer as unknown as typeof item.answer }, ...others];
    expect(seen(engine.flow, { ...record, trail }, 'e0')?.answer).toEqual(answer);
  } finally {
    engine.close();
  }
});

function fail(): never {
  throw new Error('the trail is empty');
}
