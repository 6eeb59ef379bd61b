/** Pure: from the writes of the port to those of DynamoDB. */
import { createHash } from 'node:crypto';
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Condition, Item, Write } from '../../core/types.ts';
import { attributesOf } from './dynamo-items.ts';

export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Collects names and values of expressions under placeholders, so that no attribute collides with a reserved word. */
class Expression {
  readonly #names: { [placeholder: string]: string } = {};
  readonly #values: { [placeholder: string]: unknown } = {};
  #count = 0;

  name(attribute: string): string {
    const placeholder = `#n${this.#count++}`;
    this.#names[placeholder] = attribute;
    return placeholder;
  }

  value(value: unknown): string {
    const placeholder = `:v${this.#count++}`;
    this.#values[placeholder] = value;
    return placeholder;
  }

  attributes() {
    return {
      ...(Object.keys(this.#names).length > 0 && { ExpressionAttributeNames: this.#names }),
      ...(Object.keys(this.#values).length > 0 && { ExpressionAttributeValues: this.#values }),
    };
  }

  /** A comparison with an attribute that does not exist, or has another type, is false. */
  condition({ absent, equals = {}, atLeast = {} }: Condition = {}): string {
    return [
      ...(absent ? [`attribute_not_exists(${this.name('pk')})`] : []),
      ...Object.entries(equals).map(([name, value]) => `${this.name(name)} = ${this.value(value)}`),
      ...Object.entries(atLeast).map(([name, least]) => `${this.name(name)} >= ${this.value(least)}`),
    ].join(' AND ');
  }

  update(deltas: { [attribute: string]: number }, set: Item): string {
    const added = Object.entries(deltas).map(([name, delta]) => `${this.name(name)} ${this.value(delta)}`);
    const replaced = Object.entries(set).map(([name, value]) => `${this.name(name)} = ${this.value(value)}`);
    return [
      ...(replaced.length > 0 ? [`SET ${replaced.join(', ')}`] : []),
      ...(added.length > 0 ? [`ADD ${added.join(', ')}`] : []),
    ].join(' ');
  }
}

/** @param TableName the physical one. */
export function transactItem(write: Write, TableName: string): TransactItem {
  const { pk, sk } = write.key;
  const Key = { pk, sk };
  const expression = new Expression();
  const condition = expression.condition(write.if);
  const guard = () => ({
    ...(condition !== '' && { ConditionExpression: condition }),
    ...expression.attributes(),
  });
  switch (write.op) {
    case 'put':
      return { Put: { TableName, Item: { ...attributesOf(write.key, write.item), ...Key }, ...guard() } };
    case 'delete':
      return { Delete: { TableName, Key, ...guard() } };
    case 'add': {
      const set = attributesOf(write.key, write.set ?? {});
      const UpdateExpression = expression.update(write.deltas, set);
      return { Update: { TableName, Key, UpdateExpression, ...guard() } };
    }
    case 'check': {
      // A check needs an expression, even where it asks for nothing.
      const pkName = condition === '' ? expression.name('pk') : '';
      const always = `attribute_exists(${pkName}) OR attribute_not_exists(${pkName})`;
      return {
        ConditionCheck: { TableName, Key, ...guard(), ConditionExpression: condition || always },
      };
    }
  }
}

/**
 * The request token of a transaction: a hash of the whole set of writes, so that a repetition whose first answer was lost
 * is recognised for 10 minutes. Within them, equal sets count as one: that is right where a condition would refuse the
 * second one anyway, and a set without any condition may be meant twice, so it gets none.
 *
 * @returns at most 36 characters.
 */
export function requestToken(writes: Write[]): string | undefined {
  if (!writes.some((write) => write.if && Object.keys(write.if).length > 0)) return undefined;
  return createHash('sha256').update(JSON.stringify(writes)).digest('base64url').slice(0, 36);
}
