import { Aws, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { FederatedPrincipal, OidcProviderNative, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { type BootstrapRole, bootstrapRole } from './bootstrap.ts';
import type { StageName } from './deployment.ts';

const ISSUER = 'token.actions.githubusercontent.com';

/** What a deployment needs of the roles that `cdk bootstrap` makes. By the last one it checks the definitions before. */
const BOOTSTRAP_ROLES: BootstrapRole[] = ['deploy-role', 'file-publishing-role', 'lookup-role'];

export interface GithubRolesProps extends StackProps {
  /** `owner/name`. */
  repository: string;
  /** Each stage that is deployed to this account, with its region. The GitHub environment has the stage's name. */
  stages: { name: StageName; region: string }[];
}

/**
 * GitHub's workflows may deploy to this account without a stored key: a role for each stage, which only a job of this
 * repository takes, in the environment of that stage; and so only after that environment's rules, such as an approval.
 * The role itself may do nothing but take the bootstrap roles.
 */
export class GithubRoles extends Stack {
  constructor(scope: Construct, id: string, { repository, stages, ...props }: GithubRolesProps) {
    super(scope, id, { ...props, description: 'Detent: GitHub Actions may deploy here, by OIDC' });
    // An account can have one provider for an issuer.
    const provider = new OidcProviderNative(this, 'GitHub', {
      url: `https://${ISSUER}`,
      clientIds: ['sts.amazonaws.com'],
    });
    for (const { name, region } of stages) {
      const role = new Role(this, `Deploy-${name}`, {
        roleName: `Detent-deploy-${name}`,
        description: `GitHub Actions of ${repository} deploy ${name}`,
        maxSessionDuration: Duration.hours(1),
        assumedBy: new FederatedPrincipal(
          provider.openIdConnectProviderArn,
          {
            StringEquals: {
              [`${ISSUER}:aud`]: 'sts.amazonaws.com',
              [`${ISSUER}:sub`]: `repo:${repository}:environment:${name}`,
            },
          },
          'sts:AssumeRoleWithWebIdentity',
        ),
      });
      role.addToPolicy(
        new PolicyStatement({
          actions: ['sts:AssumeRole'],
          resources: BOOTSTRAP_ROLES.map((bootstrap) =>
            bootstrapRole(bootstrap, { partition: Aws.PARTITION, account: this.account, region }),
          ),
        }),
      );
      new CfnOutput(this, `RoleOf-${name}`, { value: role.roleArn });
    }
  }
}
