/** The end of the runtime: what the world still reports then is on the disk, or comes again, and nothing breaks. */

import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import { QUEUES } from '../../adapters/embedded/table-queue.ts';
import { nobody } from '../../local/outside.ts';
import { REPORTS } from '../../local/warehouse.ts';
import { openHttp } from '../support/http.ts';

test('a report that comes while the world is being closed is kept', async () => {
  const http = await openHttp({
    outside: async ({ report }) => ({
      ...nobody,
      close: async () => void report('{"last":1}'),
    }),
  });
  await http.runtime.close();
  const db = openDataFile(join(http.folder.path, 'detent.db'));
  const left = await new SqliteTable(db).query(QUEUES, REPORTS, '');
  expect(left.map(({ item }) => item['text'])).toEqual(['{"last":1}']);
  db.close();
  http.folder.remove();
});

test('one that comes after the end is refused, and nothing breaks', async () => {
  let late: ((text: string) => Promise<void>) | undefined;
  const http = await openHttp({
    outside: async ({ report }) => {
      late = report;
      return nobody;
    },
  });
  await http.close();
  await expect(late?.('{}')).rejects.toMatchObject({ code: 'table-unavailable' });
});
