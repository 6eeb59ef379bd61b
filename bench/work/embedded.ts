/** What one login costs the disk of the embedded runtime, counted from what SQLite really does; and, beside it, plain SQLite. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import { openRuntime, type Runtime } from '../../local/runtime.ts';
import { commit, note, writer } from '../engine/rows.ts';
import { cheap, logIn, putUsers } from '../logins.ts';
import { type DiskWork, diskWorkOf } from './commits.ts';

/** People need longer for a code, and so does what the table does on its own within milliseconds. Timers of one process keep their order. */
const TYPING_MS = 50;

/** The first login makes what all others share, the phone's quota; the second is counted. */
const FIRST = 'first';
const COUNTED = 'login-of-22-characters';

/** One login through the embedded runtime, from the password to the session, with nothing else under way. */
export const embeddedWork = (): Promise<DiskWork> =>
  inFolder(async (dataDir) => {
    const runtime = await openRuntime({
      dataDir,
      settings: defaultSettings,
      observe: () => {},
      phone: { send: async () => ({ receipt: 'work' }) },
    });
    const login = async (flowId: string) => {
      await logIn(runtime, { flowId, typing: () => pause(runtime) });
      await pause(runtime);
    };
    try {
      await putUsers(runtime.table, 1, cheap);
      await login(FIRST);
      return await diskWorkOf(join(dataDir, 'detent.db'), () => login(COUNTED));
    } finally {
      await runtime.close();
    }
  });

/** The rows of one login as the limit of the engine part writes them, with plain `node:sqlite` and the same settings. */
export const plainWork = (): Promise<DiskWork> =>
  inFolder(async (folder) => {
    const file = join(folder, 'plain.db');
    const db = openDataFile(file);
    const write = writer(db);
    const login = (flowId: string) => {
      const pk = `mfa-login#${flowId}`;
      commit(db, () => write.creation(pk, 'phone'));
      note(db, () => write.mark(pk));
      commit(db, () => write.session(pk));
    };
    try {
      login(FIRST);
      return await diskWorkOf(file, () => login(COUNTED));
    } finally {
      db.close();
    }
  });

async function inFolder(task: (folder: string) => Promise<DiskWork>): Promise<DiskWork> {
  const folder = mkdtempSync(join(tmpdir(), 'detent-work-'));
  try {
    return await task(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Until the SMS has been sent and marked, and a code typed. */
async function pause(runtime: Runtime): Promise<void> {
  await runtime.idle();
  await new Promise((resolve) => setTimeout(resolve, TYPING_MS));
}
