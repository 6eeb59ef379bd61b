/** Every row of the payment's table, deferrals, lost answers, replays. Times fit the short ones of the test's deployment. */
import { order } from '../../support/payments.ts';
import type { PaymentScenario, Till } from './payment.ts';

const { value } = order.amount;
const authorized = ['Authorize → Authorizing', 'AuthApproved → Authorized'];
const captured = [...authorized, 'Capture → Capturing', 'CaptureSuccess → Captured'];
const hold = `authorized ${value}`;

interface Expected {
  way: string[];
  moved: string[];
}

const scenario = (name: string, { way, moved }: Expected, run: PaymentScenario['run']): PaymentScenario => ({
  ...{ name, way, moved, run },
});

/** One request after the other, to a payment that has a hold. */
const held =
  (actions: string[], paymentMethod?: string): PaymentScenario['run'] =>
  async (till) => {
    const id = await till.held(paymentMethod);
    for (const action of actions) await till.act(id, action);
    await till.look(id);
  };

/** From the state before a request, the request, and what comes of it when its answer is lost: it is asked about. */
function lost(state: string, before: string[], action: string, end: Expected): PaymentScenario {
  const { way, moved } = end;
  return scenario(`${state}: the answer is lost, and looked for`, { way, moved }, async (till) => {
    const id = await till.create();
    for (const one of before) await till.act(id, one);
    till.fails(id, 'ambiguous', 1);
    await till.act(id, action);
    await till.look(id);
    await till.late(id);
    await till.look(id);
    await ended(till, id, action);
  });
}

/** A hold that nobody wants any more is released, so that nothing of it comes later. */
async function ended(till: Till, id: string, action: string): Promise<void> {
  if (action === 'authorize') await till.act(id, 'cancel');
}

const waits = (action: string, event: string, { way, moved }: Expected): PaymentScenario =>
  scenario(
    `${event} while Authorizing waits`,
    {
      way: ['Authorize → Authorizing', `${event} → Authorizing`, 'DeadlinePassed → Authorizing', ...way],
      moved,
    },
    async (till) => {
      const id = await till.create();
      till.fails(id, 'transient');
      await till.act(id, 'authorize');
      await till.act(id, action);
      till.works(id);
      await till.late(id);
      await till.look(id);
    },
  );

export const paymentScenarios: PaymentScenario[] = [
  scenario('aborted before anything is held', { way: ['Abort → Aborted'], moved: [] }, async (till) => {
    const id = await till.create();
    await till.act(id, 'abort');
    await till.act(id, 'authorize');
  }),
  scenario('left alone', { way: ['DeadlinePassed → Aborted'], moved: [] }, async (till) => {
    await till.late(await till.create());
  }),
  ...['pm_card_visa_chargeDeclined', 'pm_card_authenticationRequired', `pm_${'x'.repeat(24)}`].map((card) =>
    scenario(
      `declined: ${card}`,
      { way: ['Authorize → Authorizing', 'AuthDeclined → AuthError'], moved: [] },
      async (till) => {
        const id = await till.held(card);
        await till.act(id, 'capture');
      },
    ),
  ),
  scenario(
    'captured, then reversed',
    {
      way: [...captured, 'Reverse → Reversing', 'ReverseSuccess → Reversed'],
      moved: [hold, `captured ${value}`, `refunded ${value}`],
    },
    held(['capture', 'capture', 'reverse', 'reverse']),
  ),
  scenario(
    'captured in part, after somebody wanted too much',
    { way: captured, moved: [hold, 'captured 500'] },
    async (till) => {
      const id = await till.held();
      await till.act(id, 'capture', { value: value + 1 });
      await till.act(id, 'capture', { value: 500 });
    },
  ),
  scenario(
    'a capture that the gateway refuses',
    { way: [...authorized, 'Capture → Capturing', 'CaptureFailed → CaptureError'], moved: [hold] },
    held(['capture', 'cancel'], 'pm_card_captureFail'),
  ),
  scenario(
    'a reversal that the gateway refuses',
    {
      way: [...captured, 'Reverse → Reversing', 'ReverseFailed → ReverseError'],
      moved: [hold, `captured ${value}`],
    },
    held(['capture', 'reverse'], 'pm_card_refundFail'),
  ),
  scenario(
    'cancelled',
    {
      way: [...authorized, 'Cancel → Cancelling', 'CancelSuccess → Cancelled'],
      moved: [hold, `voided ${value}`],
    },
    held(['cancel', 'capture']),
  ),
  scenario(
    'a cancellation that the gateway refuses',
    { way: [...authorized, 'Cancel → Cancelling', 'CancelFailed → CancelError'], moved: [hold] },
    async (till) => {
      const id = await till.held();
      till.fails(id, 'permanent', 1);
      await till.act(id, 'cancel');
    },
  ),
  scenario(
    'held for too long: released',
    {
      way: [...authorized, 'DeadlinePassed → Cancelling', 'CancelSuccess → Cancelled'],
      moved: [hold, `voided ${value}`],
    },
    async (till) => till.late(await till.held()),
  ),
  waits('capture', 'Capture', {
    way: ['AuthApproved → Authorized', 'Capture → Capturing', 'CaptureSuccess → Captured'],
    moved: [hold, `captured ${value}`],
  }),
  waits('cancel', 'Cancel', {
    way: ['AuthApproved → Authorized', 'Cancel → Cancelling', 'CancelSuccess → Cancelled'],
    moved: [hold, `voided ${value}`],
  }),
  lost('Authorizing', [], 'authorize', {
    way: [
      ...['Authorize → Authorizing', 'DeadlinePassed → Authorizing', 'AuthApproved → Authorized'],
      ...['Cancel → Cancelling', 'CancelSuccess → Cancelled'],
    ],
    moved: [hold, `voided ${value}`],
  }),
  lost('Capturing', ['authorize'], 'capture', {
    way: [
      ...[...authorized, 'Capture → Capturing', 'DeadlinePassed → Capturing', 'CaptureSuccess → Captured'],
    ],
    moved: [hold, `captured ${value}`],
  }),
  lost('Cancelling', ['authorize'], 'cancel', {
    way: [...authorized, 'Cancel → Cancelling', 'DeadlinePassed → Cancelling', 'CancelSuccess → Cancelled'],
    moved: [hold, `voided ${value}`],
  }),
  lost('Reversing', ['authorize', 'capture'], 'reverse', {
    way: [...captured, 'Reverse → Reversing', 'DeadlinePassed → Reversing', 'ReverseSuccess → Reversed'],
    moved: [hold, `captured ${value}`, `refunded ${value}`],
  }),
  ...(['error-before', 'error-after'] as const).map((kind) =>
    scenario(
      `an error that the gateway keeps (${kind}): one hold`,
      {
        way: [
          ...['Authorize → Authorizing', 'DeadlinePassed → Authorizing', 'AuthApproved → Authorized'],
          ...['Cancel → Cancelling', 'CancelSuccess → Cancelled'],
        ],
        moved: [hold, `voided ${value}`],
      },
      async (till) => {
        const id = await till.create();
        till.fails(id, kind, 1);
        await till.act(id, 'authorize');
        await till.late(id);
        await till.act(id, 'cancel');
      },
    ),
  ),
  scenario(
    'a yes that comes after a no: the hold is released',
    {
      way: [
        ...['Authorize → Authorizing', 'AuthDeclined → AuthError'],
        ...['AuthApproved → Cancelling', 'CancelSuccess → Cancelled'],
      ],
      moved: [],
    },
    async (till) => {
      const id = await till.held('pm_card_visa_chargeDeclined');
      const other = await till.held();
      await till.tell(id, 'AuthApproved', { authorization: await till.holdOf(other) });
      await till.act(other, 'cancel');
    },
  ),
  scenario(
    'a yes that comes when it was aborted: the hold is released',
    { way: ['Abort → Aborted', 'AuthApproved → Cancelling', 'CancelSuccess → Cancelled'], moved: [] },
    async (till) => {
      const id = await till.create();
      await till.act(id, 'abort');
      const other = await till.held();
      await till.tell(id, 'AuthApproved', { authorization: await till.holdOf(other) });
      await till.act(other, 'cancel');
    },
  ),
  scenario(
    'requests that come again, and the past',
    { way: captured, moved: [hold, `captured ${value}`] },
    async (till) => {
      const id = await till.create(undefined, 'create');
      await till.create(undefined, 'create');
      await till.act(id, 'authorize', undefined, 'authorize');
      await till.act(id, 'authorize', undefined, 'authorize');
      await till.act(id, 'capture', undefined, 'capture');
      await till.act(id, 'capture', undefined, 'capture');
      await till.act(id, 'capture', { value: 5 }, 'capture');
      for (const version of [1, 2, 3, 5, 6]) await till.look(id, `?version=${version}`);
      await till.look(id, '/history');
    },
  ),
];
