import type { App } from 'aws-cdk-lib';
import { GithubRoles } from './github-role.ts';
import type { GithubSettings } from './settings.ts';

/** The roles of the workflow: one stack in each account, since an account has one provider for GitHub. */
export function githubRoles(app: App, { repository, staging, production }: GithubSettings): GithubRoles[] {
  const targets = [
    { name: 'staging' as const, ...staging },
    { name: 'production' as const, ...production },
  ];
  return [...Map.groupBy(targets, ({ account }) => account)].map(([account, stages]) => {
    const names = stages.map(({ name }) => name).join('-');
    const region = stages[0]?.region ?? '';
    return new GithubRoles(app, `DetentGithub-${names}`, { repository, stages, env: { account, region } });
  });
}
