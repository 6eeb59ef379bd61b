/** The roles that `cdk bootstrap` makes in every account and region, unless it is told another qualifier. */

const QUALIFIER = 'hnb659fds';

/** Deploying; uploading the bundles; reading (`ReadOnlyAccess`, and nothing that is encrypted by a key of the account). */
export type BootstrapRole = 'deploy-role' | 'file-publishing-role' | 'lookup-role';

export interface Environment {
  partition: string;
  account: string;
  region: string;
}

/** The ARN of the role. It trusts its own account, and those that `cdk bootstrap --trust` named. */
export const bootstrapRole = (role: BootstrapRole, { partition, account, region }: Environment): string =>
  `arn:${partition}:iam::${account}:role/cdk-${QUALIFIER}-${role}-${account}-${region}`;
