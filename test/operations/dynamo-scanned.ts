/** As much of a Scan as listing partitions uses: small pages, the items of a partition one after the other. */
import { createHash } from 'node:crypto';

const PAGE = 5;

const place = ({ pk, sk }: { [name: string]: unknown }): string =>
  `${createHash('md5').update(String(pk)).digest('hex')} ${sk}`;

export const scanned =
  (tables: Map<string, Map<string, { [name: string]: unknown }>>) =>
  async ({
    TableName = '',
    ExclusiveStartKey: from,
    ExpressionAttributeValues: { ':prefix': prefix } = {},
    ExpressionAttributeNames: names = {},
    ProjectionExpression = '',
  }: {
    TableName?: string;
    ExclusiveStartKey?: { [name: string]: unknown };
    ExpressionAttributeValues?: { [placeholder: string]: string };
    ExpressionAttributeNames?: { [placeholder: string]: string };
    ProjectionExpression?: string;
  }) => {
    const all = [...(tables.get(TableName)?.values() ?? [])].sort((one, other) =>
      place(one) < place(other) ? -1 : 1,
    );
    const rest = from ? all.filter((item) => place(item) > place(from)) : all;
    const page = rest.slice(0, PAGE);
    const asked = ProjectionExpression.split(', ').map((name) => names[name] ?? name);
    const projected = (item: { [name: string]: unknown }) =>
      Object.fromEntries(asked.flatMap((name) => (name in item ? [[name, item[name]]] : [])));
    const Items = page.filter(({ pk }) => String(pk).startsWith(prefix ?? '')).map(projected);
    const last = page.at(-1);
    return {
      ...{ Items, ScannedCount: page.length },
      ...(last && rest.length > PAGE && { LastEvaluatedKey: { pk: last['pk'], sk: last['sk'] } }),
    };
  };
