/**
 * As much of DynamoDB as the table adapter uses, behind the document client: it evaluates the adapter's own expressions,
 * pages, keeps request tokens, and cancels transactions with reasons. Where it and DynamoDB differ, the emulator decides.
 */
import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

type Attributes = { [name: string]: unknown };
interface Request {
  TableName?: string | undefined;
  Item?: Attributes | undefined;
  Key?: Attributes | undefined;
  ConditionExpression?: string | undefined;
  UpdateExpression?: string | undefined;
  ConsistentRead?: boolean | undefined;
  ExpressionAttributeNames?: { [placeholder: string]: string } | undefined;
  ExpressionAttributeValues?: Attributes | undefined;
}

/** Smaller than any test's partition, so that paging is exercised. */
const PAGE = 7;

const nameOf = ({ pk, sk }: Attributes): string => JSON.stringify([pk, sk]);
/** Among equal sort keys an index has an order of its own. */
const order = (one: Attributes): string =>
  `${one['dueAt']}${createHash('md5').update(nameOf(one)).digest('hex')}`;

export function fakeDynamo() {
  const mock = mockClient(DynamoDBDocumentClient);
  const tables = new Map<string, Map<string, Attributes>>();
  const tokens = new Set<string>();
  /** By table and item: what it was before its last write, for reads that are not consistent. */
  const pasts = new Map<string, Attributes | undefined>();
  const placeOf = ({ TableName, Item, Key }: Request) => `${TableName}${nameOf(Item ?? Key ?? {})}`;

  const tableOf = ({ TableName = '' }: Request): Map<string, Attributes> => {
    const table = tables.get(TableName) ?? new Map();
    tables.set(TableName, table);
    return table;
  };
  const before = (request: Request) => tableOf(request).get(nameOf(request.Item ?? request.Key ?? {}));

  const holds = (request: Request): boolean => {
    const {
      ConditionExpression: condition,
      ExpressionAttributeNames: names = {},
      ExpressionAttributeValues: values = {},
    } = request;
    const item = before(request);
    if (condition === undefined || condition.includes(' OR ')) return true;
    return condition.split(' AND ').every((part) => {
      const absent = /^attribute_not_exists\((#\w+)\)$/.exec(part)?.[1];
      if (absent) return names[absent] !== undefined && item?.[names[absent]] === undefined;
      const [, name = '', operator, value = ''] = /^(#\w+) (=|>=) (:\w+)$/.exec(part) ?? [];
      const [is, wanted] = [item?.[names[name] ?? ''], values[value]];
      if (operator === '=') return is === wanted;
      return typeof is === 'number' && is >= Number(wanted);
    });
  };

  const write = (request: Request): void => {
    const { UpdateExpression: update, ExpressionAttributeNames: names = {} } = request;
    const { ExpressionAttributeValues: values = {} } = request;
    pasts.set(placeOf(request), before(request));
    if (request.Item) tableOf(request).set(nameOf(request.Item), stored(request.Item));
    else if (update === undefined) tableOf(request).delete(nameOf(request.Key ?? {}));
    else {
      const item: Attributes = { ...request.Key, ...before(request) };
      for (const [, name = '', value = ''] of update.matchAll(/(#\w+) = (:\w+)/g))
        item[names[name] ?? ''] = values[value];
      for (const [, name = '', value = ''] of update.matchAll(/(#\w+) (:\w+)/g))
        item[names[name] ?? ''] = Number(item[names[name] ?? ''] ?? 0) + Number(values[value]);
      tableOf(request).set(nameOf(item), stored(item));
    }
  };
  const single = async (request: Request) => {
    if (!holds(request)) throw new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
    write(request);
    return {};
  };

  mock.on(GetCommand).callsFake(async (input: Request) => {
    const old = !input.ConsistentRead && pasts.has(placeOf(input));
    const Item = old ? pasts.get(placeOf(input)) : before(input);
    return { ...(Item && { Item: stored(Item) }) };
  });
  mock.on(PutCommand).callsFake(single);
  mock.on(DeleteCommand).callsFake(single);
  mock.on(UpdateCommand).callsFake(single);
  mock.on(TransactWriteCommand).callsFake(async ({ TransactItems = [], ClientRequestToken: token }) => {
    if (token && tokens.has(token)) return {};
    const requests = TransactItems.map((one: { [op: string]: Request }) => Object.entries(one)[0]);
    const reasons = requests.map(([, request]: [string, Request]) => ({
      Code: holds(request) ? 'None' : 'ConditionalCheckFailed',
    }));
    if (reasons.some(({ Code }: { Code: string }) => Code !== 'None')) {
      throw new TransactionCanceledException({
        message: 'no',
        $metadata: {},
        CancellationReasons: reasons,
      });
    }
    for (const [op, request] of requests) if (op !== 'ConditionCheck') write(request);
    if (token) tokens.add(token);
    return {};
  });
  mock.on(QueryCommand).callsFake(async (input) => {
    const { ExpressionAttributeValues: values, ExclusiveStartKey: from, IndexName, Limit = PAGE } = input;
    const all = [...tableOf(input).values()];
    const found = IndexName
      ? all.filter(({ shard, dueAt }) => shard === values[':shard'] && String(dueAt) <= values[':before'])
      : all.filter(({ pk, sk }) => pk === values[':pk'] && String(sk).startsWith(values[':prefix'] ?? ''));
    const place = IndexName ? order : ({ sk }: Attributes) => String(sk);
    found.sort((one, other) => (place(one) < place(other) ? -1 : 1));
    const rest = from ? found.filter((one) => place(one) > place(from)) : found;
    const Items = rest.slice(0, Limit).map(stored);
    const last = Items.at(-1);
    return { Items, ...(last && Items.length === Limit && { LastEvaluatedKey: last }) };
  });
  return { mock, tables };
}

/** Through the wire format and back, as a copy. */
const stored = (item: Attributes): Attributes => unmarshall(marshall(item, { removeUndefinedValues: true }));
