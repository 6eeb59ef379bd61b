import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { Stage } from './stage.ts';

/** `flows` holds the instances; `users`, `quotas` and `inventory` are apart, so that an action can be given exactly one of them. */
export class Tables extends Construct {
  readonly flows: Table;
  readonly users: Table;
  readonly quotas: Table;
  readonly inventory: Table;

  constructor(scope: Construct, id: string, { stage }: { stage: Stage }) {
    super(scope, id);
    const common: TableProps = {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // Deletes within days, not seconds: whoever reads an item compares its expiry.
      timeToLiveAttribute: 'ttl',
      deletionProtection: stage.deletionProtection,
      removalPolicy: stage.removalPolicy,
    };
    // The relay needs an entry as it was written, and nothing of what was there before.
    this.flows = new Table(this, 'Flows', { ...common, stream: StreamViewType.NEW_IMAGE });
    // Sparse: only what waits for time has a `shard`. Keys are enough, since the record decides.
    this.flows.addGlobalSecondaryIndex({
      indexName: 'due',
      partitionKey: { name: 'shard', type: AttributeType.STRING },
      sortKey: { name: 'dueAt', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.users = new Table(this, 'Users', common);
    this.quotas = new Table(this, 'Quotas', common);
    this.inventory = new Table(this, 'Inventory', common);
  }
}
