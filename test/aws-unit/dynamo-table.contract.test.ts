import { afterAll } from '@jest/globals';
import { documentClient } from '../../adapters/aws/document-client.ts';
import { DynamoTable } from '../../adapters/aws/dynamo-table.ts';
import { tableContract } from '../core/table-contract.ts';
import { fakeDynamo } from './fake-dynamo.ts';

const { mock } = fakeDynamo();
afterAll(() => mock.restore());

tableContract('DynamoDB, played by a fake,', async () => ({
  table: new DynamoTable(documentClient(), { flows: 'flows-1', users: 'users-1', quotas: 'quotas-1' }),
  close: () => {},
}));
