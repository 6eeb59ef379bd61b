/** The table of the login, row by row: what an event does in a state. */
import type { JsonObject } from '../../core/types.ts';
import {
  failSms,
  newestSms,
  request,
  type Scene,
  submitWrong,
  useUpQuota,
  wrongCode,
} from '../flows/mfa-login.scenes.ts';
import type { World } from '../support/world.ts';

/** States that wait for an event, and have a deadline. */
export const waiting = ['WaitForOtpInput', 'LoggedIn'];

/** States in which nothing more happens. */
export const final = [
  'LoggedOut',
  'SessionExpired',
  'Denied',
  'Locked',
  'OtpExpired',
  'Cancelled',
  'DeliveryFailed',
];

export interface Row {
  state: string;
  event: string;
  given: keyof typeof given;
  /** A state; or `rejected`, `unavailable`: nothing is written, and the outcome is the reason. */
  to: string;
  outcome: string;
}

const row = (state: string, event: string, given: Row['given'], to: string, outcome: string): Row => ({
  state,
  event,
  given,
  to,
  outcome,
});

// biome-ignore format: a table
export const table: Row[] = [
  row('New', 'LoginRequested', 'the right password', 'WaitForOtpInput', 'OtpSent'),
  row('New', 'LoginRequested', 'a wrong password', 'Denied', 'PasswordRefused'),
  row('New', 'LoginRequested', 'an unknown user', 'Denied', 'PasswordRefused'),
  row('New', 'LoginRequested', 'the right password, during a delay', 'Denied', 'PasswordRefused'),
  row('New', 'LoginRequested', 'the right password, no SMS left', 'Denied', 'QuotaUsedUp'),
  row('WaitForOtpInput', 'OtpSubmitted', 'the right code', 'LoggedIn', 'SessionMinted'),
  row('WaitForOtpInput', 'OtpSubmitted', 'a wrong code', 'WaitForOtpInput', 'OtpInvalid'),
  row('WaitForOtpInput', 'OtpSubmitted', 'a wrong code at the last attempt', 'Locked', 'OtpExhausted'),
  row('WaitForOtpInput', 'OtpSubmitted', 'the right code, too late', 'OtpExpired', 'OtpTooLate'),
  row('WaitForOtpInput', 'OtpSubmitted', 'the right code, signing fails', 'unavailable', 'ActionFailed'),
  row('WaitForOtpInput', 'ResendRequested', 'after the cool-down', 'WaitForOtpInput', 'OtpSent'),
  row('WaitForOtpInput', 'ResendRequested', 'before the cool-down', 'rejected', 'ResendTooEarly'),
  row('WaitForOtpInput', 'ResendRequested', 'too late for the code', 'rejected', 'ResendTooLate'),
  row('WaitForOtpInput', 'ResendRequested', 'no resends left', 'rejected', 'NoResendsLeft'),
  row('WaitForOtpInput', 'ResendRequested', 'after the cool-down, no SMS left', 'rejected', 'ResendThrottled'),
  row('WaitForOtpInput', 'SmsFailed', 'the newest SMS', 'WaitForOtpInput', 'OtpSent'),
  row('WaitForOtpInput', 'SmsFailed', 'an older SMS', 'WaitForOtpInput', 'SmsSuperseded'),
  row('WaitForOtpInput', 'SmsFailed', 'the newest SMS, sent again twice', 'DeliveryFailed', 'DeliveryGivenUp'),
  row('WaitForOtpInput', 'SmsFailed', 'the newest SMS, no SMS left', 'DeliveryFailed', 'DeliveryGivenUp'),
  row('WaitForOtpInput', 'SmsFailed', 'the newest SMS, too late for the code', 'DeliveryFailed', 'DeliveryGivenUp'),
  row('WaitForOtpInput', 'DeadlinePassed', 'after the deadline of a code', 'OtpExpired', 'OtpExpired'),
  row('WaitForOtpInput', 'CancelRequested', 'at any time', 'Cancelled', 'Cancelled'),
  row('LoggedIn', 'LogoutRequested', 'at any time', 'LoggedOut', 'LoggedOut'),
  row('LoggedIn', 'DeadlinePassed', 'after the deadline of a session', 'SessionExpired', 'SessionExpired'),
];

type Given = (world: Scene, id: string) => JsonObject | Promise<JsonObject>;

const advance = (world: World, seconds: number) => world.clock.advance(seconds * 1000);

const resends = async (world: World, id: string, times: number) => {
  for (let n = 0; n < times; n++) {
    advance(world, world.settings.resendCooldownSeconds);
    await world.tell(id, 'ResendRequested');
  }
};

const newest: Given = async (world, id) => ({ version: await newestSms(world, id), reason: 'test' });

/** Brings about what a row presupposes; returns the payload of its event. */
export const given = {
  'at any time': () => ({}),
  'the right password': () => request(),
  'a wrong password': () => request({ password: 'wrong' }),
  'an unknown user': () => request({ username: 'nobody' }),
  'the right password, during a delay': async (world) => {
    for (let n = 1; n <= world.settings.failuresBeforeDelay; n++) await world.begin(`wrong-${n}`, 'wrong');
    return request();
  },
  'the right password, no SMS left': async (world) => {
    await useUpQuota(world);
    return request();
  },
  'the right code': (world) => ({ code: world.code() }),
  'a wrong code': (world) => ({ code: wrongCode(world) }),
  'a wrong code at the last attempt': async (world, id) => {
    await submitWrong(world, id, world.settings.attempts - 1);
    return { code: wrongCode(world) };
  },
  'the right code, too late': (world) => {
    advance(world, world.settings.codeSeconds);
    return { code: world.code() };
  },
  'the right code, signing fails': (world) => {
    world.fail('MintSession');
    return { code: world.code() };
  },
  'after the cool-down': (world) => {
    advance(world, world.settings.resendCooldownSeconds);
    return {};
  },
  'before the cool-down': (world) => {
    advance(world, world.settings.resendCooldownSeconds - 0.001);
    return {};
  },
  'too late for the code': (world) => {
    advance(world, world.settings.codeSeconds);
    return {};
  },
  'no resends left': async (world, id) => {
    await resends(world, id, world.settings.resends);
    advance(world, world.settings.resendCooldownSeconds);
    return {};
  },
  'after the cool-down, no SMS left': async (world) => {
    await useUpQuota(world);
    advance(world, world.settings.resendCooldownSeconds);
    return {};
  },
  'the newest SMS': newest,
  'an older SMS': async (world, id) => {
    const payload = await newest(world, id);
    await resends(world, id, 1);
    return payload;
  },
  'the newest SMS, sent again twice': async (world, id) => {
    await failSms(world, id, world.settings.smsRetries);
    return newest(world, id);
  },
  'the newest SMS, too late for the code': async (world, id) => {
    advance(world, world.settings.codeSeconds);
    return newest(world, id);
  },
  'the newest SMS, no SMS left': async (world, id) => {
    await useUpQuota(world);
    return newest(world, id);
  },
  'after the deadline of a code': (world) => {
    advance(world, world.settings.codeSeconds);
    return {};
  },
  'after the deadline of a session': (world) => {
    advance(world, world.settings.sessionSeconds);
    return {};
  },
} satisfies { [given: string]: Given };
