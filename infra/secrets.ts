import { CustomResource, Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { type Common, nodeFunction, type SecretName } from './node-function.ts';

/** The secrets. No value is in the template, in a file or on anybody's machine. */
export class Secrets extends Construct {
  readonly otp: SecretName;
  readonly identity: SecretName;
  readonly requests: SecretName;
  readonly signing: SecretName;
  readonly gateway: SecretName;
  readonly webhook: SecretName;

  constructor(scope: Construct, id: string, common: Common) {
    super(scope, id);
    this.otp = this.#random(common, 'Otp', {
      description: 'Codes of logins are derived from it',
      unrotated: 'A new value makes every code that is under way invalid; a code lives minutes.',
    });
    this.identity = this.#random(common, 'Identity', {
      description: 'Names, phone numbers and addresses are hashed with it',
      unrotated: 'The hashes are keys of counters: a new value forgets every failure and every quota.',
    });
    this.requests = this.#random(common, 'Requests', {
      description: 'Idempotency keys and requests are hashed with it',
      unrotated: 'The hashes are ids: with a new value a repeated request would be taken for a new one.',
    });
    this.signing = this.#signing(common);
    this.gateway = this.#entrusted(common, 'Gateway', {
      description: 'Put the secret key of the Stripe account here, as plain text: sk_live_…',
      unrotated: 'Only the gateway can make another key, and a person takes it there.',
    });
    this.webhook = this.#entrusted(common, 'Webhook', {
      description: 'Put the signing secret of the webhook endpoint at Stripe here, as plain text: whsec_…',
      unrotated: 'Only the provider can make another one, and a person takes it there.',
    });
  }

  /** 64 letters and digits: 380 bits; RFC 4226 asks for 160. */
  #random(
    { stage }: Common,
    id: string,
    { description, unrotated }: { description: string; unrotated: string },
  ) {
    const secret = new Secret(this, id, {
      description,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: stage.removalPolicy,
    });
    acknowledgeNoRotation(secret, unrotated);
    return { secretArn: arnOf(secret.node.defaultChild as CfnSecret) };
  }

  /** It begins empty: the value is the operator's to put there. Until then whatever needs it waits, and says so. */
  #entrusted(
    { stage }: Common,
    id: string,
    { description, unrotated }: { description: string; unrotated: string },
  ): SecretName {
    const empty = new CfnSecret(this, id, { description: `Empty at first. ${description}` });
    empty.applyRemovalPolicy(stage.removalPolicy);
    acknowledgeNoRotation(empty, unrotated);
    return { secretArn: arnOf(empty) };
  }

  /**
   * The secret begins empty, and a function that may do nothing but put a value there makes the key pair. It answers
   * CloudFormation itself: the provider framework, or a trigger, would bring a second function with a wider role.
   */
  #signing(common: Common): SecretName {
    const empty = new CfnSecret(this, 'Signing', { description: 'Signs sessions: a private JWK (ES256)' });
    empty.applyRemovalPolicy(common.stage.removalPolicy);
    acknowledgeNoRotation(
      empty,
      'Sessions of the old key would end at once: only one public key is published.',
    );
    const init = nodeFunction(this, 'InitSigningKey', {
      ...common,
      entry: 'init-signing-key',
      environment: {},
      timeout: Duration.seconds(30),
      memorySize: 256,
      description: 'Makes the key that signs sessions, once',
    });
    init.addToRolePolicy(
      new PolicyStatement({ actions: ['secretsmanager:PutSecretValue'], resources: [arnOf(empty)] }),
    );
    const filled = new CustomResource(this, 'SigningKey', {
      resourceType: 'Custom::SigningKey',
      serviceToken: init.functionArn,
      serviceTimeout: Duration.minutes(2),
      properties: { SecretId: arnOf(empty) },
    });
    if (init.role) filled.node.addDependency(init.role);
    return { secretArn: arnOf(empty) };
  }
}

/** On AWS `Ref` gives the same; an emulator gave the name there, which no policy matches. */
const arnOf = (secret: CfnSecret): string => secret.attrId;

function acknowledgeNoRotation(secret: Construct, reason: string): void {
  Validations.of(secret).acknowledge({ id: 'AwsSolutions-SMG4', reason });
}
