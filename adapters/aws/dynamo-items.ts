/** How an item lies in DynamoDB: its content, its key, and two attributes that only the database needs. */
import { createHash } from 'node:crypto';
import { DetentError } from '../../core/errors.ts';
import type { Item, Json, JsonObject, Key } from '../../core/types.ts';

/**
 * The sparse index of what waits for time: `shard`, `dueAt`. One partition of an index takes about 1,000 writes a second;
 * raise the number before that, and only raise it: items keep the shard that they were written with.
 */
export const DUE_INDEX = 'due';
const SHARD_COUNT = 4;

export const shards: readonly string[] = Array.from({ length: SHARD_COUNT }, (_, shard) => String(shard));

const shardOf = (pk: string): string =>
  String((createHash('sha256').update(pk).digest()[0] ?? 0) % SHARD_COUNT);

const reserved = ['pk', 'sk', 'shard', 'ttl'];

/**
 * Attributes of an item, without its key. `dueAt` brings the shard that puts it into the index; `expiresAt` brings `ttl`
 * (epoch seconds, rounded up), after which DynamoDB deletes it within days.
 *
 * @throws DetentError `invalid-transaction` where the content uses a name that the database needs.
 */
export function attributesOf({ pk }: Key, item: Item): Item {
  const taken = reserved.find((name) => name in item);
  if (taken !== undefined) {
    throw new DetentError('invalid-transaction', `an item must not have an attribute called ${taken}`);
  }
  const { dueAt, expiresAt } = item;
  return {
    ...item,
    ...(typeof dueAt === 'string' && { shard: shardOf(pk) }),
    ...(typeof expiresAt === 'string' && { ttl: ttlOf(expiresAt) }),
  };
}

const ttlOf = (expiresAt: string): number => Math.ceil(Date.parse(expiresAt) / 1000);

/** Whether what the database goes by is what the content says. Any shard will do: items keep theirs. */
export function isFiled({ dueAt, shard, expiresAt, ttl }: { [attribute: string]: unknown }): boolean {
  const isDue = typeof dueAt === 'string' ? shards.includes(String(shard)) : shard === undefined;
  return isDue && ttl === (typeof expiresAt === 'string' ? ttlOf(expiresAt) : undefined);
}

/** The item as it was written, from all attributes as DynamoDB or its stream gives them. */
export function itemOf(attributes: { [name: string]: unknown }): Item {
  const { pk: _pk, sk: _sk, shard: _shard, ttl: _ttl, ...item } = attributes;
  return item as Item;
}

/**
 * Bytes of an item as DynamoDB counts and bills them, of all its attributes. Source: Amazon DynamoDB Developer Guide, "DynamoDB
 * item sizes and formats"; where that says "approximately" (numbers), as it says.
 */
export const itemBytes = (attributes: JsonObject): number =>
  Object.entries(attributes).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );

function valueBytes(value: Json): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(significantDigits(value) / 2) + 1;
  if (typeof value !== 'object' || value === null) return 1;
  // A map or list takes 3 bytes, and 1 for each that it holds.
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + 1 + valueBytes(one), 3);
  return 3 + Object.keys(value).length + itemBytes(value);
}

/** Zeros at either end do not count. */
const significantDigits = (value: number): number =>
  value.toExponential().replace(/e.*$/, '').replace(/\D/g, '').replace(/^0+/, '').length;

/** DynamoDB, quotas: a partition key has at most 2,048 bytes, a sort key 1,024. Nothing can be there beyond. */
export const fits = (pk: string, sk: string): boolean =>
  Buffer.byteLength(pk) <= 2_048 && Buffer.byteLength(sk) <= 1_024;
