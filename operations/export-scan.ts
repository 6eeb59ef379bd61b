/** Instances in an export of a DynamoDB table, as `aws dynamodb scan` prints it or as an export to S3 holds it. */
import { closeSync, createReadStream, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { fieldsOf, type Page, pageOf, type Scan } from './instances.ts';

type Marshalled = { [attribute: string]: AttributeValue };

const PAGE = 1_000;

/**
 * Reads files, and of folders all that end in `.json` or `.json.gz`. A line is `{"Item": …}` or `{"Items": […]}`; a file may
 * also be one such object over many lines.
 *
 * @throws Error that names the file and what is wrong with it.
 */
export async function* scanExport(paths: readonly string[]): Scan {
  for (const file of paths.flatMap(filesOf)) {
    let found: Marshalled[] = [];
    for await (const { text, where } of documents(file)) {
      found.push(...itemsOf(text, where));
      if (found.length < PAGE) continue;
      yield page(file, found);
      found = [];
    }
    yield page(file, found);
  }
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const files = readdirSync(path).filter((name) => /\.json(\.gz)?$/.test(name));
  if (files.length > 0) return files.sort().map((name) => join(path, name));
  throw new Error(`${path} holds no .json and no .json.gz: name the folder "data" of the export.`);
}

/** The lines of a file that are JSON each; where the first one is none, the file as a whole. */
async function* documents(file: string): AsyncGenerator<{ text: string; where: string }> {
  let number = 0;
  let whole: string[] | undefined;
  for await (const line of lines(file)) {
    number++;
    if (number === 1 && json(line) === undefined) whole = [];
    if (whole) whole.push(line);
    else if (line.trim() !== '') yield { text: line, where: `${file}, line ${number}` };
  }
  if (whole) yield { text: whole.join('\n'), where: file };
}

async function* lines(file: string): AsyncGenerator<string> {
  let rest = '';
  try {
    for await (const chunk of open(file)) {
      rest += chunk;
      if (!String(chunk).includes('\n')) continue;
      const parts = rest.split('\n');
      rest = parts.pop() ?? '';
      yield* parts;
    }
  } catch (error) {
    throw new Error(`${file} cannot be read to its end: ${(error as Error).message}.`);
  }
  if (rest !== '') yield rest;
}

/** Zipped or not: by the magic number of gzip (RFC 1952, 2.3.1), since names may lie. */
function open(file: string): Readable {
  const handle = openSync(file, 'r');
  const start = Buffer.alloc(2);
  try {
    readSync(handle, start, 0, 2, 0);
  } finally {
    closeSync(handle);
  }
  const plain = createReadStream(file);
  if (start.readUInt16BE() !== 0x1f8b) return plain.setEncoding('utf8');
  const unzipped = createGunzip();
  plain.on('error', (error) => unzipped.destroy(error));
  return plain.pipe(unzipped).setEncoding('utf8');
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function itemsOf(text: string, where: string): Marshalled[] {
  const parsed = json(text);
  if (parsed === undefined) throw new Error(`${where} is not JSON.`);
  const { Item, Items } = (parsed ?? {}) as { Item?: Marshalled; Items?: Marshalled[] };
  const found = Array.isArray(Items) ? Items : Item ? [Item] : undefined;
  if (found) return found;
  throw new Error(`${where} has neither Item nor Items: export the whole table in the format DYNAMODB_JSON.`);
}

function page(file: string, items: Marshalled[]): Page {
  try {
    const records = items.filter(({ sk }) => sk?.S === 'record').map((record) => unmarshall(record));
    return pageOf(items.length, records.map(fieldsOf));
  } catch {
    throw new Error(`${file} holds an item that is not DynamoDB JSON.`);
  }
}
