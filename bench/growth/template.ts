/** One login as the engine leaves it in the file, to be copied; and the engine on a file. */
import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import { temporaryFolder } from '../../test/support/tables.ts';
import { createWorld, type World } from '../../test/support/world.ts';

/** As long as the API's own. */
const ID = 'login-of-22-characters';

export interface Template {
  flowId: string;
  /** ISO 8601 UTC. */
  deadline: string;
  /** All that belongs to the login, in the order of their tables. */
  rows: { table: string; values: SQLInputValue[] }[];
}

/** The engine on this file, with a clock that begins now and stands; quotas are no matter here. */
export async function worldOn(db: DatabaseSync): Promise<World> {
  const settings = { smsQuotaPerHour: 1e9, smsQuotaPerDay: 1e9 };
  const world = await createWorld({ table: new SqliteTable(db), settings });
  world.clock.advance(Date.now() - world.clock.now());
  return world;
}

/** A login up to its session, in a file of its own. */
export async function createTemplate(): Promise<Template> {
  const folder = temporaryFolder();
  const db = openDataFile(join(folder.path, 'detent.db'));
  try {
    return await loginIn(db);
  } finally {
    db.close();
    folder.remove();
  }
}

async function loginIn(db: DatabaseSync): Promise<Template> {
  const world = await worldOn(db);
  await world.begin(ID);
  await world.relayAll(ID);
  await world.tell(ID, 'OtpSubmitted', { code: world.code() }, `event-of-22-${ID}`.slice(0, 22));
  const deadline = (await world.record(ID))?.deadline;
  if (deadline === undefined) throw new Error('the login of the template did not come to its session');
  const rows = tablesOf(db).flatMap((table) =>
    db
      .prepare(`SELECT * FROM "${table}"`)
      .all()
      .map((row) => ({ table, values: Object.values(row) as SQLInputValue[] }))
      .filter(({ values }) => values.some(isAbout)),
  );
  if (rows.length === 0) throw new Error('the login of the template is not found in the file');
  return { flowId: ID, deadline, rows };
}

const tablesOf = (db: DatabaseSync): string[] =>
  db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()
    .map(({ name }) => String(name));

const isAbout = (value: SQLInputValue): boolean =>
  value instanceof Uint8Array ? Buffer.from(value).includes(ID) : String(value).includes(ID);
