import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DetentError } from '../../core/errors.ts';
import { captureOutput, context } from './support.ts';

const { logger } = await import('../../lambdas/logger.ts');
const { wrapped } = await import('../../lambdas/middleware.ts');

let output: ReturnType<typeof captureOutput>;
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => output.restore());

test('an answer passes through; neither it nor the event is logged', async () => {
  const handler = wrapped(async ({ text }: { text: string }) => ({ token: `${text} back` }));
  expect(await handler({ text: 'in' }, context)).toEqual({ token: 'in back' });
  expect(output.text()).not.toMatch(/\bin\b|back/);
});

test('what is logged passes the mask', () => {
  logger.error('to +15555550100', { password: 'hunter2' });
  expect(output.text()).toContain('to [phone]');
  expect(output.text()).not.toMatch(/5555550100|hunter2/);
});

test('a call that says nothing writes nothing', async () => {
  await wrapped(async () => undefined)({}, context);
  expect(output.text()).toBe('');
});

describe('the correlation id', () => {
  const ids = () => output.lines().map((line) => line['correlation_id']);
  const log = async () => logger.info('at work');

  test('is that of the event, on every line, an error included', async () => {
    const failing = wrapped(
      async (_event: { id: string }) => {
        await log();
        throw new DetentError('too-large', 'x');
      },
      ({ id }) => id,
    );
    await expect(failing({ id: 'a' }, context)).rejects.toThrow();
    expect(ids()).toEqual(['a', 'a']);
  });

  test.each([
    ['ends well', true],
    ['fails', false],
  ])('is forgotten when a call %s', async (_how, well) => {
    const named = wrapped(
      async (_event: { id: string }) => {
        await log();
        if (!well) throw new Error('x');
      },
      ({ id }) => id,
    );
    await named({ id: 'a' }, context).catch(() => {});
    await wrapped(log)({}, context);
    expect([ids()[0], ids().at(-1)]).toEqual(['a', undefined]);
  });
});

describe('an error', () => {
  const failing = async (error: unknown): Promise<Error> => {
    const handler = wrapped(async () => {
      throw error;
    });
    return handler({}, context).then(
      () => new Error('did not fail'),
      (thrown: Error) => thrown,
    );
  };

  test('of ours leaves as it is, and is logged', async () => {
    const error = new DetentError('too-large', 'The record would have 200001 bytes.');
    expect(await failing(error)).toBe(error);
    expect(output.lines()).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        error: expect.objectContaining({ name: 'Detent.too-large' }),
      }),
    );
  });

  test('of others keeps its name and its place, and loses its message', async () => {
    const foreign = new SyntaxError('Unexpected token, "hunter2" is not JSON');
    const thrown = await failing(foreign);
    expect(thrown.name).toBe('SyntaxError');
    expect(thrown.stack).toContain('middleware.test');
    for (const text of [thrown.message, thrown.stack, JSON.stringify(thrown), output.text()])
      expect(text).not.toContain('hunter2');
    expect(output.text()).toContain('SyntaxError');
  });

  test.each([['a text with hunter2'], [undefined], [{ message: 'hunter2', stack: 'hunter2' }]])(
    'that is none (%p) becomes one',
    async (thing) => {
      expect((await failing(thing)).message).toContain('withheld');
      expect(output.text()).not.toContain('hunter2');
    },
  );
});
