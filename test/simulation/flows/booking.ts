/**
 * A seat at a venue, booked by asking the venue: a flow of the simulation's own, for what a login does not use. A journal,
 * deferred events, effects whose answer is an event, domain writes, deadlines that ask again.
 */
import * as z from 'zod';
import { type Action, defineAction } from '../../../core/action.ts';
import type { Definition, DefinitionState } from '../../../core/definition.ts';
import type { Flow } from '../../../core/flow.ts';
import type { Key, Write } from '../../../core/types.ts';

export const seatsKey = (venue: string): Key => ({ table: 'seats', pk: venue, sk: 'count' });

const asked = z.strictObject({ venue: z.string(), asked: z.string().default(''), notes: z.array(z.int()) });
const nothing = z.looseObject({});

const move = (
  venue: string,
  deltas: { [count: string]: number },
  least: { [count: string]: number },
): Write => ({
  op: 'add',
  key: seatsKey(venue),
  deltas,
  if: { atLeast: least },
});

export const bookingActions: Action[] = [
  defineAction({
    name: 'TakeSeat',
    outcomes: ['SeatTaken', 'NoSeat'],
    reads: 'seats',
    data: nothing,
    payload: z.strictObject({ venue: z.string() }),
    async run({ event }, { read }) {
      const { venue } = event.payload;
      const { pk, sk } = seatsKey(venue);
      const seats = await read.get(pk, sk);
      if (Number(seats?.['left']) < 1) return { outcome: 'NoSeat', data: { venue, notes: [] } };
      const writes = [move(venue, { left: -1, held: 1 }, { left: 1 })];
      return { outcome: 'SeatTaken', data: { venue, notes: [] }, writes };
    },
  }),
  defineAction({
    name: 'AskVenue',
    outcomes: ['VenueAsked'],
    data: asked,
    payload: nothing,
    run: ({ flowId, nextVersion, data }) => ({
      outcome: 'VenueAsked',
      data: data.asked === '' ? { ...data, asked: `${flowId}/${nextVersion}/1` } : data,
      effects: [{ kind: 'venue', ...(data.asked !== '' && { repeats: data.asked }) }],
    }),
  }),
  defineAction({
    name: 'TakeNote',
    outcomes: ['NoteTaken', 'NoteRefused'],
    data: asked,
    payload: z.strictObject({ n: z.int() }),
    run: ({ data, event: { payload } }) =>
      payload.n % 5 === 4
        ? { outcome: 'NoteRefused' }
        : { outcome: 'NoteTaken', data: { ...data, notes: [...data.notes, payload.n] } },
  }),
  defineAction({
    name: 'SellSeat',
    outcomes: ['SeatSold'],
    data: asked,
    payload: nothing,
    // Two effects in one transition, and a field less in the data.
    run: ({ data: { asked: _, ...data } }) => ({
      outcome: 'SeatSold',
      data,
      effects: ['guest', 'venue'].map((to) => ({ kind: 'ticket', to })),
      writes: [move(data.venue, { held: -1, sold: 1 }, { held: 1 })],
    }),
  }),
  defineAction({
    name: 'FreeSeat',
    outcomes: ['SeatFreed'],
    data: asked,
    payload: nothing,
    run: ({ data }) => ({
      outcome: 'SeatFreed',
      writes: [move(data.venue, { held: -1, left: 1 }, { held: 1 })],
    }),
  }),
];

const route = (state: string, event: string, Next: string) => ({
  And: [
    { Variable: '$.flow.state', StringEquals: state },
    { Variable: '$.event.type', StringEquals: event },
  ],
  Next,
});

const task = (FunctionName: string, Next: string): DefinitionState => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: {
    FunctionName,
    Payload: { 'flow.$': '$.flow', 'event.$': '$.event', 'now.$': '$.now', 'step.$': '$.step' },
  },
  ResultSelector: {
    'data.$': '$.Payload.data',
    'effects.$': '$.Payload.effects',
    'facts.$': '$.Payload.facts',
    'writes.$': '$.Payload.writes',
    'reply.$': '$.Payload.reply',
    'outcome.$': '$.Payload.outcome',
  },
  ResultPath: '$.step',
  Retry: [{ ErrorEquals: ['States.TaskFailed'], MaxAttempts: 2, IntervalSeconds: 1, BackoffRate: 2 }],
  Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Unavailable' }],
  Next,
});

const rest = (state: string, more: { deadlineSeconds: number } | { final: true }): DefinitionState => ({
  Type: 'Pass',
  Parameters: { state, 'step.$': '$.step', ...more },
  End: true,
});

const end = (Parameters: NonNullable<DefinitionState['Parameters']>): DefinitionState => ({
  Type: 'Pass',
  Parameters,
  End: true,
});

const definition: Definition = {
  StartAt: 'Route',
  States: {
    Route: {
      Type: 'Choice',
      Choices: [
        route('New', 'Requested', 'TakeSeat'),
        route('Requesting', 'Confirm', 'Deferred'),
        route('Requesting', 'Cancel', 'Deferred'),
        route('Requesting', 'Noted', 'Deferred'),
        route('Requesting', 'Recheck', 'Deferred'),
        route('Requesting', 'Granted', 'Held'),
        route('Requesting', 'Denied', 'FreeSeat'),
        route('Requesting', 'DeadlinePassed', 'AskVenue'),
        route('Held', 'Noted', 'TakeNote'),
        // Back to where events wait: what has become due has to wait again.
        route('Held', 'Recheck', 'AskVenue'),
        route('Held', 'Confirm', 'SellSeat'),
        route('Held', 'Cancel', 'FreeSeat'),
        route('Held', 'DeadlinePassed', 'FreeSeat'),
      ],
      Default: 'NotAllowed',
    },
    TakeSeat: task('TakeSeat', 'SeatOutcome'),
    SeatOutcome: {
      Type: 'Choice',
      Choices: [{ Variable: '$.step.outcome', StringEquals: 'SeatTaken', Next: 'AskVenue' }],
      Default: 'Refused',
    },
    AskVenue: task('AskVenue', 'Requesting'),
    TakeNote: task('TakeNote', 'NoteOutcome'),
    NoteOutcome: {
      Type: 'Choice',
      Choices: [{ Variable: '$.step.outcome', StringEquals: 'NoteTaken', Next: 'Held' }],
      Default: 'NotAllowed',
    },
    SellSeat: task('SellSeat', 'Confirmed'),
    FreeSeat: task('FreeSeat', 'WhyFreed'),
    WhyFreed: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.event.type', StringEquals: 'Denied', Next: 'Refused' },
        { Variable: '$.event.type', StringEquals: 'Cancel', Next: 'Cancelled' },
      ],
      Default: 'Lapsed',
    },
    Requesting: rest('Requesting', { deadlineSeconds: 60 }),
    Held: rest('Held', { deadlineSeconds: 600 }),
    Confirmed: rest('Confirmed', { final: true }),
    Refused: rest('Refused', { final: true }),
    Cancelled: rest('Cancelled', { final: true }),
    Lapsed: rest('Lapsed', { final: true }),
    Deferred: end({ deferred: true }),
    NotAllowed: end({ rejected: { reason: 'NotAllowed' } }),
    Unavailable: end({ unavailable: { reason: 'ActionFailed' } }),
  },
};

export const booking: Flow = {
  name: 'booking',
  persistence: 'journal',
  definition,
  tables: ['seats'],
  view: (_state, { notes }) => ({ notes: notes ?? [] }),
  retentionSeconds: () => undefined,
  fingerprinted: ({ payload }) => ({ value: payload, guessable: false }),
};
