/** The table port on DynamoDB: one physical table for each name, keys `pk` and `sk`. */
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { DetentError } from '../../core/errors.ts';
import type { DuePage, ReadOptions, StoredItem, Table, TransactOutcome } from '../../core/ports.ts';
import type { Item, Key, Write } from '../../core/types.ts';
import { checkTransaction } from '../../core/writes.ts';
import { type Due, duePage } from './dynamo-due.ts';
import { failure, outcomeOf } from './dynamo-errors.ts';
import { DUE_INDEX, fits, itemOf, shards } from './dynamo-items.ts';
import { requestToken, transactItem } from './dynamo-writes.ts';

export class DynamoTable implements Table {
  readonly #client: DynamoDBDocumentClient;
  readonly #names: { readonly [table: string]: string };

  /** @param names physical names by logical ones (`flows`, `users`, `quotas`); only those that are used here. */
  constructor(client: DynamoDBDocumentClient, names: { readonly [table: string]: string }) {
    this.#client = client;
    this.#names = names;
  }

  /** @throws DetentError `table-unavailable` */
  async read({ table, pk, sk }: Key, { consistency }: ReadOptions = {}): Promise<Item | undefined> {
    if (!fits(pk, sk)) return undefined;
    const command = new GetCommand({
      TableName: this.#nameOf(table),
      Key: { pk, sk },
      // An eventually consistent read costs half.
      ConsistentRead: consistency !== 'eventual',
    });
    const { Item: found } = await this.#client.send(command).catch(rethrow);
    return found && itemOf(found);
  }

  /** @throws DetentError `table-unavailable` */
  async query(table: string, pk: string, prefix: string): Promise<StoredItem[]> {
    if (!fits(pk, prefix)) return [];
    const found: StoredItem[] = [];
    let from: { [attribute: string]: unknown } | undefined;
    do {
      const command = new QueryCommand({
        TableName: this.#nameOf(table),
        KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ...(prefix !== '' && { ':prefix': prefix }) },
        ConsistentRead: true,
        ...(from && { ExclusiveStartKey: from }),
      });
      const { Items = [], LastEvaluatedKey } = await this.#client.send(command).catch(rethrow);
      for (const one of Items) found.push({ key: { table, pk, sk: String(one['sk']) }, item: itemOf(one) });
      from = LastEvaluatedKey;
    } while (from);
    return found;
  }

  /** @throws DetentError `table-unavailable` */
  due(table: string, before: string, page: { limit: number; after?: string }): Promise<DuePage> {
    return duePage(
      table,
      shards,
      async (shard, limit, after) => {
        const command = new QueryCommand({
          TableName: this.#nameOf(table),
          IndexName: DUE_INDEX,
          // SHARD is a reserved word of DynamoDB.
          KeyConditionExpression: '#shard = :shard AND dueAt <= :before',
          ExpressionAttributeNames: { '#shard': 'shard' },
          ExpressionAttributeValues: { ':shard': shard, ':before': before },
          Limit: limit,
          ...(after && { ExclusiveStartKey: { shard, ...after } }),
        });
        const { Items = [], LastEvaluatedKey } = await this.#client.send(command).catch(rethrow);
        const items = Items.map(({ dueAt, pk, sk }): Due => ({ dueAt, pk, sk }));
        return { items, more: LastEvaluatedKey !== undefined };
      },
      page,
    );
  }

  /**
   * The SDK never repeats a cancelled transaction; what to do next is the caller's decision.
   *
   * @throws DetentError `invalid-transaction`, `table-unavailable`
   */
  async transact(writes: Write[]): Promise<TransactOutcome> {
    checkTransaction(writes);
    const items = writes.map((write) => transactItem(write, this.#nameOf(write.key.table)));
    try {
      const [only] = items;
      // Alone, a write costs half: a transaction takes 2 write units where a put takes 1.
      if (items.length === 1 && only?.Put) await this.#client.send(new PutCommand(only.Put));
      else if (items.length === 1 && only?.Delete) await this.#client.send(new DeleteCommand(only.Delete));
      else if (items.length === 1 && only?.Update) await this.#client.send(new UpdateCommand(only.Update));
      else {
        const token = requestToken(writes);
        const request = { TransactItems: items, ...(token && { ClientRequestToken: token }) };
        await this.#client.send(new TransactWriteCommand(request));
      }
      return 'committed';
    } catch (error) {
      return outcomeOf(error);
    }
  }

  #nameOf(table: string): string {
    const name = this.#names[table];
    if (name !== undefined) return name;
    throw new DetentError('invalid-transaction', `the table ${table} is not to be reached from here`);
  }
}

function rethrow(error: unknown): never {
  throw failure(error);
}
