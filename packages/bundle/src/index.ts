export { parseAllowedHost, type AllowedHost } from './allowed-host.ts';
export {
  findNumber,
  findTeam,
  type ApiKey,
  type Bundle,
  type BusinessNumber,
  type OptOutSettings,
  type Subscriber,
  type Team,
  type TeamLimits,
  type Tenant,
} from './bundle.ts';
export { BundleFile, OnUnknown, TierCounts, TierScope } from './bundle-file.ts';
export { BundleError, formatProblem, type BundleErrorCode, type Problem } from './problem.ts';
export { readBundle, readFlowFolders, readFlowPlaces, type FlowPlace } from './read-bundle.ts';
export { FLOW_BYTES_MAX, readFlowSources, type FlowSource } from './read-flow-sources.ts';
export { demoProblems, makeDemoBundle, type DemoOptions, type DemoResult } from './demo-bundle.ts';
export { setupBundle, type SetupOptions, type SetupResult, type TeamSetUp } from './setup-bundle.ts';
export { renderAnswers, type RenderAnswersOptions } from './render-answers.ts';
export { addApiKey, listApiKeys, revokeApiKey, type ListedKey } from './edit-keys.ts';
export { dropAppSecrets, rotateAppSecret, type AppSecretChange } from './rotate-app-secret.ts';
export type { BundlePlace } from './bundle-places.ts';
export { existingBundleFile } from './existing-bundle.ts';
export { checkAnswer, missingAnswers, type AnswersSource } from './parse-answers.ts';
export type { AnswerKey } from './answers.ts';
export { sharedAccountWarnings } from './shared-account.ts';
export { DemoError, graphBaseUrl, openBundle, type BundleHolder } from './bundle-holder.ts';
export {
  readTemplatesFile,
  renderTemplatesFile,
  templatesPath,
  writeTemplatesFiles,
  type ReadTemplates,
  type TemplatesFile,
} from './templates-file.ts';
export { optOutMatcher } from './opt-out-matcher.ts';
export { readMediaFiles, type MediaFile, type MediaFolder } from './read-media-files.ts';
export { endingOfType } from './media-type.ts';
export { mediaFacts } from './media-facts.ts';
