/** What resolving an event costs without its actions: the part that belongs to the runner of the definition. */
import { createAslResolver } from '../adapters/embedded/asl-resolver.ts';
import { mfaLogin } from '../flows/mfa-login/index.ts';
import { defaultSettings } from '../flows/mfa-login/settings.ts';

const EVENTS = 2_000;

/** @returns microseconds for one event: the password's, whose way through the definition has two actions. */
export async function definitionMicroseconds(): Promise<number> {
  const { name, definition } = mfaLogin(defaultSettings);
  const said: { [action: string]: string } = { VerifyPassword: 'PasswordAccepted', SendOtpSms: 'OtpSent' };
  const resolver = createAslResolver({ [name]: definition }, async (action, { step }) => ({
    ...step,
    outcome: said[action] ?? '',
  }));
  const input = {
    flow: { name, id: 'one', state: 'New', version: 0 },
    event: { id: 'one', type: 'LoginRequested', payload: {}, at: '' },
    now: '',
    step: { data: {}, effects: [], facts: [], writes: [], reply: {}, outcome: '' },
  };
  for (let n = 0; n < EVENTS; n++) await resolver.resolve(name, input);
  const begin = performance.now();
  for (let n = 0; n < EVENTS; n++) await resolver.resolve(name, input);
  return ((performance.now() - begin) / EVENTS) * 1000;
}
