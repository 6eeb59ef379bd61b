/** Logins, again and again, in a process of its own: what it holds after each step. Needs `--expose-gc`. */

import { deriveCode } from '../../flows/mfa-login/otp.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import { openRuntime, type Runtime } from '../../local/runtime.ts';
import { putUser } from '../../local/users.ts';
import { inputOf, say } from '../start/child.ts';
import { newFlowId } from './fill.ts';

export interface Run {
  folder: string;
  /** Sampled there, the first and the last included; ascending. */
  steps: number[];
  /** No step is begun after so long, in ms. */
  capMs: number;
}

export interface Sample {
  logins: number;
  /** In bytes, after a collection: the most of what was seen around this step. */
  heap: number;
  rss: number;
}

const AT_ONCE = 64;
const UNLIMITED = 1e9;
/** What is cached comes and goes in generations; one sample may see it full or empty. */
const LOOKS = 6;
const BETWEEN_LOOKS = 500;

const { folder, steps, capMs } = inputOf<Run>();
const runtime = await openRuntime({
  dataDir: folder,
  settings: { ...defaultSettings, smsQuotaPerHour: UNLIMITED, smsQuotaPerDay: UNLIMITED },
  observe: () => {},
  phone: { send: async () => ({ receipt: 'bench' }) },
  reconcileEveryMs: 1_000,
});
for (let n = 0; n < AT_ONCE; n++) {
  const phone = `+1555${String(n).padStart(7, '0')}`;
  await putUser(runtime.table, { username: `user-${n}`, password: 'secret', phone }, { N: 16, r: 1, p: 1 });
}
const begin = performance.now();
const samples: Sample[] = [];
let done = 0;
for (const step of steps) {
  if (performance.now() - begin > capMs) break;
  await logins(step - LOOKS * BETWEEN_LOOKS - done);
  samples.push(await look());
  process.stderr.write(`${done} logins\n`);
}
await runtime.close();
say({ samples });

async function look(): Promise<Sample> {
  let most = { heap: 0, rss: 0 };
  for (let n = 0; n < LOOKS; n++) {
    await logins(BETWEEN_LOOKS);
    await runtime.idle();
    for (let n = 0; n < 2; n++) globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    most = { heap: Math.max(most.heap, heapUsed), rss: Math.max(most.rss, rss) };
  }
  return { logins: done, ...most };
}

async function logins(count: number): Promise<void> {
  const left = Array.from({ length: count }).values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, user) => {
      for (const _turn of left) await login(runtime, `user-${user}`);
    }),
  );
  done += count;
}

async function login({ deliverer, secret, mfaLogin: { flow } }: Runtime, username: string): Promise<void> {
  const flowId = newFlowId();
  const tell = (type: string, payload: { [field: string]: string }) =>
    deliverer.deliver({
      flow,
      flowId,
      event: { id: `${flowId}-${type}`, type, payload },
      fresh: type === 'LoginRequested',
    });
  const begun = await tell('LoginRequested', { username, password: 'secret', source: '192.0.2.1' });
  if (!('record' in begun)) throw new Error(`login: ${begun.status}`);
  const code = deriveCode(await secret('otp'), flowId, Number(begun.record.data['codeCounter']));
  const ended = await tell('OtpSubmitted', { code });
  if (!('state' in ended) || ended.state !== 'LoggedIn') throw new Error(`code: ${ended.status}`);
}
