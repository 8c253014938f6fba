import { existingBundleFile, missingAnswers, setupBundle, type AnswersSource } from '@alur/bundle';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { pathFrom } from '../../io.ts';
import { askAnswers } from './ask-answers.ts';
import { emitAnswers } from './emit-answers.ts';
import { readAnswers } from './read-answers.ts';
import { FIELDS_TO_SUBSCRIBE, renderSetup } from './render-setup.ts';
import type { SetupArguments } from './setup-arguments.ts';

/** `alur setup`: writes the bundle, and says what is left to do by hand at Meta. */
export async function setup(given: SetupArguments, context: Context): Promise<Outcome> {
  const { io, colors } = context;
  const dir = pathFrom(io, given.dir);
  if (given.emitAnswers !== undefined) return emitAnswers(given.emitAnswers, { ...given, dir }, io);
  const answers = { ...(await readAnswers(given.answers, io)), env: io.env };
  const asked = await askMissing(answers, { ...given, dir }, context);
  const { tenant, team, dryRun } = given;
  const result = await setupBundle({ answers: { ...answers, asked }, dir, tenant, team, dryRun });
  const { teams, created, changed, unchanged, changes, warnings } = result;
  return {
    exit: EXIT.ok,
    warnings,
    data: {
      dryRun,
      // Without the verify tokens: what is meant for machines ends up in logs.
      teams: teams.map(({ tenant: of, team: name, callbackUrl }) => ({
        tenant: of,
        team: name,
        callbackUrl,
      })),
      created,
      changed,
      unchanged,
      changes,
      next: { fields: FIELDS_TO_SUBSCRIBE, command: `alur doctor ${given.dir}` },
    },
    text: renderSetup(given, result, colors),
  };
}

/** Asks for what the answers leave out, where there is somebody to ask. */
async function askMissing(
  answers: AnswersSource,
  given: SetupArguments,
  { io }: Context,
): Promise<NonNullable<AnswersSource['asked']>> {
  const mayAsk = given.input && !given.nonInteractive && given.answers !== '-';
  if (!mayAsk || io.openPrompts === undefined) return {};
  const { tenant = 'default', team = 'default' } = given;
  const isGiven = given.tenant !== undefined || given.team !== undefined;
  const missing = missingAnswers(answers, { tenant, team, isGiven });
  if (missing.length === 0) return {};
  // What is wrong with the bundle is better known before the questions than after them.
  await existingBundleFile(given.dir);
  return askAnswers(await io.openPrompts(), missing, answers.text === undefined);
}
