/** Instances in the data file of an embedded process, which must not run meanwhile. */
import type { DatabaseSync } from 'node:sqlite';
import { pageOf, type Scan } from './instances.ts';
import type { Place } from './source.ts';

const PAGE = 1_000;

const RECORDS = `
  SELECT body ->> '$.flow' AS flow, body ->> '$.flowId' AS flowId, body ->> '$.state' AS state,
    body ->> '$.expiresAt' AS expiresAt,
    (SELECT json_group_array(value ->> '$.event.type') FROM json_each(body, '$.deferred')) AS waiting, pk
  FROM items WHERE tbl = 'flows' AND sk = 'record' AND pk > ? ORDER BY pk LIMIT ${PAGE}`;

/** In pages, so that nothing is held open while somebody writes. */
export async function* scanSqlite(db: DatabaseSync): Scan {
  const select = db.prepare(RECORDS);
  let last = '';
  for (let rows = select.all(last); rows.length > 0; rows = select.all(last)) {
    const records = rows.map(({ expiresAt, waiting, pk: _, ...row }) => ({
      ...row,
      ...(expiresAt !== null && { expiresAt }),
      waiting: JSON.parse(String(waiting)),
    }));
    yield pageOf(rows.length, records);
    last = String(rows.at(-1)?.['pk']);
  }
}

const PARTITIONS = `
  SELECT DISTINCT pk FROM items WHERE tbl = 'flows' AND pk > ?1 AND pk >= ?2 AND pk < ?2 || char(1114111)
  ORDER BY pk LIMIT ${PAGE}`;

const MISFILED = `
  SELECT pk, sk FROM items WHERE tbl = 'flows' AND pk >= ?1 AND pk < ?1 || char(1114111)
    AND CASE WHEN json_valid(body)
      THEN due_at IS NOT body ->> '$.dueAt' OR expires_at IS NOT body ->> '$.expiresAt' ELSE TRUE END
  ORDER BY pk, sk`;

/** Partitions whose key begins with `prefix`, whatever lies in them; in pages. */
export async function* partitionsSqlite(
  db: DatabaseSync,
  prefix: string,
  onMisfiled?: (place: Place) => void,
): AsyncGenerator<string[]> {
  if (onMisfiled)
    for (const { pk, sk } of db.prepare(MISFILED).iterate(prefix))
      onMisfiled({ pk: String(pk), sk: String(sk) });
  const select = db.prepare(PARTITIONS);
  let last = '';
  for (let rows = select.all(last, prefix); rows.length > 0; rows = select.all(last, prefix)) {
    yield rows.map(({ pk }) => String(pk));
    last = String(rows.at(-1)?.['pk']);
  }
}
