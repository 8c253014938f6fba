export { parseAllowedHost, type AllowedHost } from './allowed-host.ts';
export {
  findNumber,
  findTeam,
  type Bundle,
  type BusinessNumber,
  type OptOutSettings,
  type Subscriber,
  type Team,
  type Tenant,
} from './bundle.ts';
export { BundleFile, OnUnknown, TierCounts, TierScope } from './bundle-file.ts';
export { BundleError, formatProblem, type BundleErrorCode, type Problem } from './problem.ts';
export { readBundle, readFlowFolders } from './read-bundle.ts';
export { FLOW_BYTES_MAX, readFlowSources, type FlowSource } from './read-flow-sources.ts';
export { demoProblems, makeDemoBundle, type DemoOptions, type DemoResult } from './demo-bundle.ts';
export { setupBundle, type SetupOptions, type SetupResult } from './setup-bundle.ts';
export { DemoError, graphBaseUrl, openBundle, type BundleHolder } from './bundle-holder.ts';
export { optOutMatcher } from './opt-out-matcher.ts';
