/** What others make of published transitions: a read model from nothing, out of a feed in no order and with doubles. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { entryOf, foldedTo } from '../../core/journal.ts';
import { type Publication, publishExecutors } from '../../core/publication.ts';
import { createConsumer } from '../support/consumer.ts';
import { createEngine, FLOW } from '../support/engine.ts';
import { publicationJsonSchema, publicationSchema } from '../support/publication-schema.ts';
import { machine, rulesOf, story } from './random-machine.ts';

describe('a consumer', () => {
  test('makes its read model from nothing, whatever the order, however often: what folding says', async () => {
    await fc.assert(
      fc.asyncProperty(machine, fc.tuple(story, story), fc.gen(), async (behaviours, stories, gen) => {
        const told: Publication[] = [];
        const { tell, relayAll, entries, close } = createEngine({
          ...{ rules: rulesOf(behaviours), publishes: true },
          executors: publishExecutors(async (message) => void told.push(message)),
        });
        try {
          for (const [index, events] of stories.entries()) {
            await tell(`d${index}`, 'Made');
            for (const { type, n } of events) await tell(`d${index}`, type, { n });
            await relayAll(`d${index}`);
          }
          const doubles = gen(fc.subarray, told);
          const all = [...told, ...doubles];
          const feed = gen(fc.shuffledSubarray, all, { minLength: all.length });
          const { take, read } = createConsumer();
          for (const message of feed)
            take(publicationSchema.parse(JSON.parse(JSON.stringify(message))) as Publication);
          for (const index of stories.keys()) {
            const written = (await entries(`d${index}`)).map(entryOf);
            const { state, version } = foldedTo(written, written.length) ?? {};
            const facts = written.flatMap((entry) => entry.facts);
            expect(read(FLOW, `d${index}`)).toMatchObject({ state, version, facts });
          }
        } finally {
          close();
        }
      }),
      { numRuns: 30 },
    );
  }, 120_000);

  test('waits for what is still to come', () => {
    const { take, read } = createConsumer();
    const message = (version: number): Publication => ({
      ...{ flow: FLOW, flowId: 'd', version, at: '', from: 'A', to: `S${version}` },
      ...{ event: { id: '', type: '', at: '' }, facts: [{ type: `F${version}` }] },
    });
    for (const version of [2, 4]) take(message(version));
    expect(read(FLOW, 'd')).toMatchObject({ state: 'New', version: 0, facts: [] });
    take(message(1));
    expect(read(FLOW, 'd')).toMatchObject({
      state: 'S2',
      version: 2,
      facts: [{ type: 'F1' }, { type: 'F2' }],
    });
    for (const version of [2, 3, 3, 1]) take(message(version));
    expect(read(FLOW, 'd')).toMatchObject({ state: 'S4', version: 4 });
    expect(read(FLOW, 'd')?.facts).toHaveLength(4);
  });
});

describe('docs/facts.md', () => {
  const root = join(import.meta.dirname, '../..');
  const docs = readFileSync(join(root, 'docs/facts.md'), 'utf8');
  const blocks = (language: string) =>
    [...docs.matchAll(/```(\w+)\n(.*?)```/gs)].flatMap(([, of, text = '']) =>
      of === language ? [text] : [],
    );
  const json = blocks('json').map((text) => JSON.parse(text));

  test('has the schema of the message', () => {
    expect(json.find((one) => '$schema' in one)).toEqual(publicationJsonSchema());
  });

  test('has an example of it, by itself and on the bus', () => {
    const messages = json.flatMap((one) => ('flowId' in one ? [one] : 'detail' in one ? [one.detail] : []));
    expect(messages).toHaveLength(2);
    for (const message of messages) expect(publicationSchema.parse(message)).toEqual(message);
  });

  test('shows the consumer that is tested here', () => {
    const [shown = ''] = blocks('ts');
    const source = readFileSync(join(root, 'test/support/consumer.ts'), 'utf8');
    expect(shown.length).toBeGreaterThan(200);
    expect(source).toContain(shown);
  });
});
