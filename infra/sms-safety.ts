import { CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnProtectConfiguration } from 'aws-cdk-lib/aws-smsvoice';
import { Construct } from 'constructs';
import { countries } from './countries.ts';
import type { Stage } from './stage.ts';

/**
 * What keeps a stranger from spending our money on SMS: a list of countries, and a limit a month. Both are settings of the
 * whole account in one region, and CloudFormation can make neither: the stack says, as outputs, which commands do
 * (docs/runbook.md, "SMS safety"). A custom resource that could would need rights over every SMS of the account.
 */
export class SmsSafety extends Construct {
  constructor(scope: Construct, id: string, { stage }: { stage: Stage }) {
    super(scope, id);
    const { region } = Stack.of(this);
    new CfnOutput(Stack.of(this), 'SetSpendLimit', {
      description: 'Stops SMS of the whole account once so many dollars are spent in a month',
      value: `aws sns set-sms-attributes --region ${region} --attributes MonthlySpendLimit=${stage.limits.smsMonthlyDollars}`,
    });
    if (!stage.protectConfiguration) return;
    const { attrProtectConfigurationId } = protectConfiguration(this, stage);
    new CfnOutput(Stack.of(this), 'SetProtectConfiguration', {
      description: 'Blocks SMS of the whole account to other countries than those of the stage',
      value: `aws pinpoint-sms-voice-v2 set-account-default-protect-configuration --region ${region} --protect-configuration-id ${attrProtectConfigurationId}`,
    });
  }
}

/** A country without a rule is allowed: so every other one has to be blocked by name. */
function protectConfiguration(scope: Construct, stage: Stage): CfnProtectConfiguration {
  const sms = countries.map((countryCode) => ({
    countryCode,
    protectStatus: stage.countries.includes(countryCode) ? 'ALLOW' : 'BLOCK',
  }));
  const configuration = new CfnProtectConfiguration(scope, 'Countries', {
    countryRuleSet: { sms },
    deletionProtectionEnabled: stage.deletionProtection,
    tags: [{ key: 'Name', value: Stack.of(scope).stackName }],
  });
  configuration.applyRemovalPolicy(stage.removalPolicy);
  return configuration;
}
