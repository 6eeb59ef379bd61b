/** Where instances are read from, and moved where that can be: one of four, as the command line says. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DynamoTable } from '../adapters/aws/dynamo-table.ts';
import { openDataFile } from '../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../adapters/embedded/sqlite-table.ts';
import { SystemClock } from '../adapters/system.ts';
import type { Clock, Table } from '../core/ports.ts';
import { loadOffset } from '../local/dev-clock.ts';
import { UsageError } from './command.ts';
import { partitionsDynamo, patientClient, scanDynamo } from './dynamo-scan.ts';
import { scanExport } from './export-scan.ts';
import type { Scan } from './instances.ts';
import { partitionsSqlite, scanSqlite } from './sqlite-scan.ts';
import { outputOf } from './stack.ts';

const text = { type: 'string' } as const;

/** For `parseArgs`. */
export const sourceOptions = {
  'data-dir': text,
  stack: text,
  table: text,
  export: { type: 'string', multiple: true },
  definitions: text,
} as const;

export const TABLE_HELP = `  --data-dir DIR     the data folder of an embedded process (stop it first)
  --stack NAME       a stack that has been deployed, such as Detent-production
  --table NAME       a DynamoDB table; the stack's output FlowsTable names it
`;

export const SOURCE_HELP = `${TABLE_HELP}  --export PATH      an export of such a table: a file of "aws dynamodb scan --output json", files of an export
                     to S3 in DynamoDB JSON (also zipped), or the folder of those; may be given several times
  --definitions DIR  other definitions than those of this checkout, with their migrations.json
`;

export interface SourceValues {
  'data-dir'?: string | undefined;
  stack?: string | undefined;
  table?: string | undefined;
  export?: string[] | undefined;
}

/**
 * Of an item whose columns or attributes that the database goes by, for what is due and what has expired, are not what its
 * content says.
 */
export interface Place {
  pk: string;
  sk: string;
}

export interface Source {
  scan(): Scan;
  clock: Clock;
  /** Holds `flows`; an export has none. */
  table?: Table;
  /** The partitions of that table whose key begins with `prefix`, in pages; each once. */
  partitions?(prefix: string, onMisfiled?: (place: Place) => void): AsyncIterable<string[]>;
  close(): void;
}

/**
 * @param choices what may be named, for the error.
 * @throws UsageError unless exactly one source is named; NotDeployed for a stack that is not; Error where it cannot be opened.
 */
export async function openSource(
  values: SourceValues,
  choices = '--data-dir, --stack, --table or --export',
): Promise<Source> {
  const { 'data-dir': dataDir, stack, table, export: exported } = values;
  if ([dataDir, stack, table, exported].filter((one) => one !== undefined).length !== 1) {
    throw new UsageError(`Name one source: ${choices}.`);
  }
  if (dataDir !== undefined) {
    const file = await openData(dataDir);
    return {
      ...file,
      scan: () => scanSqlite(file.db),
      partitions: (...asked) => partitionsSqlite(file.db, ...asked),
    };
  }
  if (exported) return { scan: () => scanExport(exported), clock: new SystemClock(), close() {} };
  const flows = stack === undefined ? String(table) : await outputOf(stack, 'FlowsTable');
  const client = patientClient();
  return {
    scan: () => scanDynamo(client, flows),
    partitions: (...asked) => partitionsDynamo(client, flows, ...asked),
    clock: new SystemClock(),
    table: new DynamoTable(client, { flows }),
    close: () => client.destroy(),
  };
}

/** Commands read an item once or twice: remembering more would only take memory. */
const CACHED = 100;

/**
 * The data file of an embedded process, with the clock that it goes by.
 *
 * @throws Error where there is none: an empty one, made here, would be taken for one that has lost its keys.
 */
export async function openData(dataDir: string) {
  const path = join(resolve(dataDir), 'detent.db');
  if (!existsSync(path))
    throw new Error(`${path} does not exist. Name the folder of a process that has been started.`);
  const db = openDataFile(path);
  const table = new SqliteTable(db, CACHED);
  return { db, table, clock: new SystemClock(await loadOffset(table)), close: () => db.close() };
}
