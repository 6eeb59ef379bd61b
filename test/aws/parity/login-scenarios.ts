/** Every row of the login's table, retries, conflicts and replays. Times fit the short ones of the test's deployment. */
import { defaultSettings } from '../../../flows/mfa-login/settings.ts';
import { testSettings } from '../emulator/test-deployment.ts';
import type { LoginScenario, Stage } from './login.ts';

const { attempts, resends, smsQuotaPerHour, failuresBeforeDelay } = defaultSettings;
const { codeSeconds, resendCooldownSeconds: coolDown, sessionSeconds } = testSettings;
/** After a failure an effect is tried again in 15 s. */
const RETRY = 15;

const scenario = (name: string, run: LoginScenario['run']): LoginScenario => ({ name, run });

async function loggedIn(stage: Stage): Promise<{ id: string; token: string }> {
  const id = await stage.begin();
  return { id, ...(await stage.submit(id, await stage.code())) };
}

async function times(count: number, work: () => Promise<unknown>): Promise<void> {
  for (let n = 0; n < count; n++) await work();
}

export const loginScenarios: LoginScenario[] = [
  {
    ...scenario('signing fails: nothing is written, and the code is good afterwards', async (stage) => {
      const id = await stage.begin();
      const code = await stage.code();
      stage.signingFails(true);
      await stage.submit(id, code);
      await stage.look(id);
      stage.signingFails(false);
      await stage.submit(id, code);
    }),
    first: true,
  },
  scenario('a session, until it expires', async (stage) => {
    const { id, token } = await loggedIn(stage);
    await stage.session(id, token);
    await stage.pass(sessionSeconds);
    await stage.session(id, token);
    await stage.look(id);
  }),
  scenario('logout', async (stage) => {
    const { id, token } = await loggedIn(stage);
    await stage.logout(id, token);
    await stage.logout(id, token);
    await stage.session(id, token);
    await stage.submit(id, await stage.code());
  }),
  scenario('a wrong password', async (stage) => {
    await stage.begin({ password: 'wrong' });
  }),
  scenario('too many wrong passwords: the right one is refused as well', async (stage) => {
    await times(failuresBeforeDelay, () => stage.begin({ password: 'wrong' }));
    await stage.begin();
  }),
  scenario('quota of SMS used up: for a resend, and for another login', async (stage) => {
    await times(smsQuotaPerHour - 1, () => stage.begin());
    const id = await stage.begin();
    await stage.pass(coolDown);
    await stage.resend(id);
    await stage.begin();
  }),
  scenario('quota of SMS used up by one that failed', async (stage) => {
    await times(smsQuotaPerHour - 1, () => stage.begin());
    stage.smsFails('permanent');
    const id = await stage.begin();
    await stage.look(id);
  }),
  scenario('wrong codes, until it is locked', async (stage) => {
    const id = await stage.begin();
    await times(attempts, async () => stage.submit(id, await stage.wrong()));
    await stage.submit(id, await stage.code());
    await stage.resend(id);
  }),
  scenario('a wrong code, then the right one', async (stage) => {
    const id = await stage.begin();
    await stage.submit(id, await stage.wrong());
    await stage.submit(id, await stage.code());
    await stage.look(id);
  }),
  scenario('too late, before the reconciler: a resend, and the code', async (stage) => {
    const id = await stage.begin();
    await stage.passUnseen(id, codeSeconds);
    await stage.resend(id);
    await stage.submit(id, await stage.code());
    await stage.submit(id, await stage.code());
  }),
  scenario('too late: the deadline has passed', async (stage) => {
    const id = await stage.begin();
    await stage.pass(codeSeconds);
    await stage.submit(id, await stage.code());
    await stage.look(id);
  }),
  scenario('cancel', async (stage) => {
    const id = await stage.begin();
    await stage.cancel(id);
    await stage.cancel(id);
    await stage.submit(id, await stage.code());
  }),
  scenario('resends: as many as there are, and no more', async (stage) => {
    const id = await stage.begin();
    await times(resends + 1, async () => {
      await stage.pass(coolDown);
      await stage.resend(id);
    });
    await stage.submit(id, await stage.wrong());
    await stage.submit(id, await stage.code());
  }),
  scenario('an SMS fails for good, and is sent again', async (stage) => {
    stage.smsFails('permanent', 2);
    const id = await stage.begin();
    await stage.submit(id, await stage.code());
  }),
  scenario('an SMS fails for good, as often as it is sent', async (stage) => {
    stage.smsFails('permanent');
    const id = await stage.begin();
    await stage.look(id);
    await stage.submit(id, '000000');
  }),
  scenario('an SMS fails for good when a newer one has been sent', async (stage) => {
    stage.smsFails('transient');
    const id = await stage.begin();
    stage.smsWorks();
    await stage.pass(coolDown);
    await stage.resend(id);
    stage.smsFails('permanent');
    await stage.pass(RETRY);
    await stage.submit(id, await stage.code());
  }),
  scenario('transient failures: quick tries', async (stage) => {
    stage.smsFails('transient', 2);
    const id = await stage.begin();
    await stage.submit(id, await stage.code());
  }),
  scenario('transient failures: a second attempt, by the reconciler', async (stage) => {
    stage.smsFails('transient', 3);
    const id = await stage.begin();
    await stage.pass(RETRY);
    await stage.submit(id, await stage.code());
  }),
  scenario('transient failures, until nobody wants the code', async (stage) => {
    stage.smsFails('transient');
    const id = await stage.begin();
    await stage.pass(RETRY);
    await stage.pass(codeSeconds - RETRY);
    await stage.pass(RETRY + 1);
    await stage.look(id);
  }),
  scenario('a lost answer: nobody knows, so the same code goes again', async (stage) => {
    stage.smsFails('ambiguous', 1);
    const id = await stage.begin();
    await stage.pass(RETRY);
    await stage.submit(id, await stage.code());
  }),
  scenario('two wrong codes at once', async (stage) => {
    const id = await stage.begin();
    const code = await stage.wrong();
    await stage.atOnce(({ submit }) => [submit(id, code, 'one'), submit(id, code, 'two')]);
    await stage.look(id);
  }),
  scenario('four wrong codes at once: no more than there are attempts', async (stage) => {
    const id = await stage.begin();
    const code = await stage.wrong();
    await stage.atOnce(({ submit }) => [1, 2, 3, 4].map((n) => submit(id, code, `try ${n}`)));
    await stage.look(id);
  }),
  scenario('the right code twice at once: one wins', async (stage) => {
    const id = await stage.begin();
    const code = await stage.code();
    await stage.atOnce(({ submit }) => [submit(id, code, 'one'), submit(id, code, 'two')]);
  }),
  scenario('two resends at once: one SMS, and the other is too early', async (stage) => {
    const id = await stage.begin();
    await stage.pass(coolDown);
    await stage.atOnce(({ resend }) => [resend(id, 'one'), resend(id, 'two')]);
  }),
  scenario('the same request twice at once: one login', async (stage) => {
    const key = `begin ${stage.user.username}`;
    await stage.atOnce(({ begin }) => [begin({}, key), begin({}, key)]);
  }),
  scenario('the same submission twice at once: one session', async (stage) => {
    const id = await stage.begin();
    const code = await stage.code();
    await stage.atOnce(({ submit }) => [submit(id, code, 'one'), submit(id, code, 'one')]);
  }),
  scenario('requests that come again, with the same body and with another', async (stage) => {
    const key = `begin ${stage.user.username}`;
    const id = await stage.begin({}, key);
    await stage.submit(id, await stage.wrong(), 'wrong');
    await stage.begin({}, key);
    await stage.begin({ password: 'another' }, key);
    await stage.submit(id, await stage.wrong(), 'wrong');
    await stage.submit(id, await stage.code(), 'wrong');
    await stage.submit(id, await stage.code(), 'right');
    await stage.submit(id, await stage.code(), 'right');
    await stage.begin({}, key);
  }),
  scenario('an unknown user', async (stage) => {
    await stage.begin({ username: `${stage.user.username}-nobody` });
  }),
];
