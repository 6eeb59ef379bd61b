/** Two processes never share a data folder: the second one does not start, and the first goes on. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { demoUser } from '../../local/users.ts';
import { refuse, type Started, start } from '../support/process.ts';
import { temporaryFolder } from '../support/tables.ts';

/** A process takes its time to start where the machine has other work. */
jest.setTimeout(30_000);

let folder: ReturnType<typeof temporaryFolder>;
const started: Started[] = [];
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((detent) => detent.stop('SIGKILL')));
  folder.remove();
});

async function run(): Promise<Started> {
  const detent = await start(folder.path);
  started.push(detent);
  return detent;
}

async function login(detent: Started): Promise<string> {
  const { username, password } = demoUser;
  const { status, body } = await detent.post('/logins', { username, password });
  expect(status).toBe(201);
  return String(body['loginId']);
}

test('a folder that another process holds is refused; that one goes on', async () => {
  const first = await run();
  const loginId = await login(first);
  expect(await refuse(folder.path)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^Detent cannot start\. .+ in use by another process\. Stop it, [^\n]+\n$/),
  });
  expect((await first.get(`/logins/${loginId}`)).status).toBe(200);
  await login(first);
  expect((await first.stop()).code).toBe(0);
});

test('of several that start at the same time on a new folder one does', async () => {
  const ends = await Promise.allSettled([run(), run(), run()]);
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const end of ends)
    if (end.status === 'rejected') expect(String(end.reason.message)).toContain('in use by another process');
  const loginId = await login(started[0] as Started);
  await started[0]?.stop('SIGKILL');
  expect((await (await run()).get(`/logins/${loginId}`)).status).toBe(200);
});
