/** The contract of the table port, on DynamoDB: the same file that SQLite passes. */
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { documentClient } from '../../../adapters/aws/document-client.ts';
import { DynamoTable } from '../../../adapters/aws/dynamo-table.ts';
import { tableContract } from '../../core/table-contract.ts';
import { deployment } from '../support/deployment.ts';

const client = new DynamoDBClient();

/** A table with the keys, the index and the stream of a deployed one: what the suite writes would puzzle relay and reconciler. */
async function twinOf(deployed: string): Promise<string> {
  const TableName = `contract-${deployed}`.slice(0, 255);
  const { Table: model } = await client.send(new DescribeTableCommand({ TableName: deployed }));
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes = [], StreamSpecification } = model ?? {};
  const indexes = GlobalSecondaryIndexes.map((one) => ({
    ...{ IndexName: one.IndexName, KeySchema: one.KeySchema, Projection: one.Projection },
  }));
  await client.send(
    new CreateTableCommand({
      ...{ TableName, KeySchema, AttributeDefinitions, BillingMode: 'PAY_PER_REQUEST' },
      ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
      ...(StreamSpecification && { StreamSpecification }),
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName });
  return TableName;
}

tableContract('DynamoDB', async () => {
  const { tables } = await deployment();
  const flows = await twinOf(tables.flows);
  const users = await twinOf(tables.users);
  return {
    table: new DynamoTable(documentClient(), { flows, users }),
    async close() {
      for (const TableName of [flows, users]) await client.send(new DeleteTableCommand({ TableName }));
    },
  };
});
