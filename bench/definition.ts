/** What resolving an event costs without its actions: the part that belongs to the runner of the definition. */
import { createAslResolver, type Invoke } from '../adapters/embedded/asl-resolver.ts';
import type { Resolver } from '../core/ports.ts';
import { mfaLogin } from '../flows/mfa-login/index.ts';
import { defaultSettings } from '../flows/mfa-login/settings.ts';
import { createLibraryResolver } from '../test/support/asl-library.ts';
import { median } from './report/statistics.ts';

/** The two take turns, so that a noisy neighbour disturbs both; the median counts. */
const ROUNDS = 5;
const EVENTS = { own: 4_000, library: 800 };

const { name, definition } = mfaLogin(defaultSettings);
const said: { [action: string]: string } = { VerifyPassword: 'PasswordAccepted', SendOtpSms: 'OtpSent' };
const says: Invoke = async (action, { step }) => ({ ...step, outcome: said[action] ?? '' });
const input = {
  flow: { name, id: 'one', state: 'New', version: 0 },
  event: { id: 'one', type: 'LoginRequested', payload: {}, at: '' },
  now: '',
  step: { data: {}, effects: [], facts: [], writes: [], reply: {}, outcome: '' },
};

async function microseconds(resolver: Resolver, events: number): Promise<number> {
  const begin = performance.now();
  for (let n = 0; n < events; n++) await resolver.resolve(name, input);
  return ((performance.now() - begin) / events) * 1000;
}

/** Microseconds for one event: the password's, whose way through the definition has two actions. */
export interface DefinitionCost {
  /** By our own resolver. */
  own: number;
  /** By `aws-local-stepfunctions`, which it is held against. */
  library: number;
}

export async function definitionCost(): Promise<DefinitionCost> {
  const own = createAslResolver({ [name]: definition }, says);
  const library = createLibraryResolver({ [name]: definition }, says);
  const found = { own: [] as number[], library: [] as number[] };
  for (let round = 0; round <= ROUNDS; round++) {
    const took = {
      own: await microseconds(own, EVENTS.own),
      library: await microseconds(library, EVENTS.library),
    };
    // The first round warms up.
    if (round === 0) continue;
    found.own.push(took.own);
    found.library.push(took.library);
  }
  return { own: median(found.own), library: median(found.library) };
}
