/** The table of the email confirmation, as data: what every event does in every state, and how to get there. */
import type { JsonObject } from '../../../../core/types.ts';
import type { Scene } from '../flows/email-confirmation.scene.ts';

export const waiting = ['WaitForConfirmation'];
export const final = ['Confirmed', 'Locked', 'Expired', 'Undeliverable'];

const email = 'ann@example.com';
const wrong = { token: 'wrong' };
const right = async (scene: Scene) => ({ token: await scene.token() });

/** How to get to a state that an event of the table begins in. */
export const reach: { [state: string]: (scene: Scene) => Promise<unknown> } = {
  New: async () => {},
  WaitForConfirmation: (scene) => scene.tell('ConfirmationRequested', { email }),
  Confirmed: async (scene) => {
    await reach['WaitForConfirmation']?.(scene);
    await scene.tell('TokenSubmitted', await right(scene));
  },
  Locked: async (scene) => {
    await reach['WaitForConfirmation']?.(scene);
    for (let n = 0; n < scene.settings.attempts; n++) await scene.tell('TokenSubmitted', wrong);
  },
  Expired: async (scene) => {
    await reach['WaitForConfirmation']?.(scene);
    await afterDeadline(scene);
    await scene.deliverer.check(scene.flow, 'one');
  },
  Undeliverable: async (scene) => {
    await reach['WaitForConfirmation']?.(scene);
    await scene.tell('MailRefused');
  },
};

const afterDeadline = async ({ clock, settings }: Scene) => clock.advance(settings.linkSeconds * 1000);
const afterPause = async ({ clock, settings }: Scene) => clock.advance(settings.resendCooldownSeconds * 1000);

export interface Row {
  state: string;
  event: string;
  /** What is special about it; and what has to happen before. */
  given: string;
  before?: (scene: Scene) => Promise<unknown>;
  payload?: JsonObject | ((scene: Scene) => Promise<JsonObject>);
  to: string;
  outcome: string;
  /** Whether it asks for a mail. */
  mail?: true;
}

const W = 'WaitForConfirmation';
const oneAttemptLeft = async (scene: Scene) => {
  for (let n = 1; n < scene.settings.attempts; n++) await scene.tell('TokenSubmitted', wrong);
};
const allSent = async (scene: Scene) => {
  for (let n = 0; n < scene.settings.resends; n++) {
    await afterPause(scene);
    await scene.tell('ResendRequested');
  }
};

export const table: Row[] = [
  {
    ...{ state: 'New', event: 'ConfirmationRequested', given: 'an address', payload: { email } },
    ...{ to: W, outcome: 'MailRequested', mail: true },
  },
  {
    state: W,
    event: 'TokenSubmitted',
    given: 'right',
    payload: right,
    to: 'Confirmed',
    outcome: 'TokenAccepted',
  },
  { state: W, event: 'TokenSubmitted', given: 'wrong', payload: wrong, to: W, outcome: 'TokenWrong' },
  {
    ...{ state: W, event: 'TokenSubmitted', given: 'wrong for the last time', payload: wrong },
    ...{ before: oneAttemptLeft, to: 'Locked', outcome: 'AttemptsUsedUp' },
  },
  {
    ...{ state: W, event: 'TokenSubmitted', given: 'too late', payload: wrong, before: afterDeadline },
    ...{ to: 'Expired', outcome: 'TokenTooLate' },
  },
  {
    ...{ state: W, event: 'ResendRequested', given: 'after a while', before: afterPause },
    ...{ to: W, outcome: 'MailRequested', mail: true },
  },
  { state: W, event: 'ResendRequested', given: 'at once', to: 'rejected', outcome: 'ResendTooEarly' },
  {
    state: W,
    event: 'ResendRequested',
    given: 'too often',
    before: allSent,
    to: 'rejected',
    outcome: 'NoResendsLeft',
  },
  {
    state: W,
    event: 'ResendRequested',
    given: 'too late',
    before: afterDeadline,
    to: 'rejected',
    outcome: 'ResendTooLate',
  },
  { state: W, event: 'MailFailed', given: 'for now', to: W, outcome: W },
  { state: W, event: 'MailRefused', given: 'for good', to: 'Undeliverable', outcome: 'Undeliverable' },
  {
    state: W,
    event: 'DeadlinePassed',
    given: 'nobody came',
    before: afterDeadline,
    to: 'Expired',
    outcome: 'Expired',
  },
];
