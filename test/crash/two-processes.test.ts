/** Two processes never share a data folder: the second one does not start, and the first goes on. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { demoUser } from '../../local/users.ts';
import { processes, refuse, type Started } from '../support/process.ts';
import { temporaryFolder } from '../support/tables.ts';

const start = processes();
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const run = () => start(folder.path);

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
  const [first, ...more] = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  expect(more).toEqual([]);
  for (const end of ends)
    if (end.status === 'rejected') expect(String(end.reason.message)).toContain('in use by another process');
  const loginId = await login(first as Started);
  await first?.stop('SIGKILL');
  expect((await (await run()).get(`/logins/${loginId}`)).status).toBe(200);
});
