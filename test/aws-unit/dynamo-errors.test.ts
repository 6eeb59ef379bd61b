/** Every way in which DynamoDB does not commit. */
import { describe, expect, test } from '@jest/globals';
import { outcomeOf } from '../../adapters/aws/dynamo-errors.ts';

const named = (name: string) => Object.assign(new Error('quotes +15555550100'), { name });
const cancelled = (...codes: (string | undefined)[]) =>
  Object.assign(named('TransactionCanceledException'), {
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

describe('a cancelled transaction', () => {
  test.each([
    ['a condition failed', ['None', 'ConditionalCheckFailed']],
    ['a condition failed, and something clashed', ['TransactionConflict', 'ConditionalCheckFailed']],
    ['a condition failed, and something is malformed', ['ValidationError', 'ConditionalCheckFailed']],
  ])('is a conflict where %s', (_when, codes) => {
    expect(outcomeOf(cancelled(...codes))).toBe('conflict');
  });

  test.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'is a clash where its only reason is %s',
    (code) => {
      expect(outcomeOf(cancelled('None', code))).toBe('clash');
      expect(outcomeOf(cancelled('TransactionConflict', code, undefined))).toBe('clash');
    },
  );

  test.each(['ValidationError', 'ItemCollectionSizeLimitExceeded'])('is our fault: %s', (code) => {
    expect(() => outcomeOf(cancelled('TransactionConflict', code))).toThrow(
      expect.objectContaining({ code: 'invalid-transaction', advice: 'give-up' }),
    );
  });

  test.each([[['None']], [['SomethingNew']], [['TransactionConflict', 'SomethingNew']], [[]]])(
    'of unknown reasons %j may be asked about again',
    (codes) => {
      expect(() => outcomeOf(cancelled(...codes))).toThrow(
        expect.objectContaining({ code: 'table-unavailable', advice: 'retry' }),
      );
    },
  );
});

describe('another error', () => {
  test.each([
    ['ConditionalCheckFailedException', 'conflict'],
    ['TransactionConflictException', 'clash'],
    ['TransactionInProgressException', 'clash'],
    ['ThrottlingException', 'clash'],
    ['ProvisionedThroughputExceededException', 'clash'],
    ['RequestLimitExceeded', 'clash'],
  ])('%s is a %s', (name, outcome) => {
    expect(outcomeOf(named(name))).toBe(outcome);
  });

  test.each(['ValidationException', 'IdempotentParameterMismatchException'])('%s is our fault', (name) => {
    expect(() => outcomeOf(named(name))).toThrow(expect.objectContaining({ code: 'invalid-transaction' }));
  });

  test.each(['TimeoutError', 'InternalServerError', 'ECONNRESET', 'AccessDeniedException'])(
    '%s leaves it open, and its message behind',
    (name) => {
      expect(() => outcomeOf(named(name))).toThrow(
        expect.objectContaining({ code: 'table-unavailable', message: `DynamoDB failed: ${name}` }),
      );
    },
  );
});
