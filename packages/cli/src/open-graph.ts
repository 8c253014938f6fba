import { demoProblems, graphBaseUrl, type Bundle } from '@alur/bundle';
import { BaseUrlError, createGraphClient, type GraphClient } from '@alur/whatsapp';
import { CliError } from './cli-error.ts';
import type { Io } from './io.ts';

/** A client of the Graph API that the bundle, or GRAPH_BASE_URL, names. Whoever asked closes it. */
export function openGraph(bundle: Bundle, io: Io): GraphClient {
  const baseUrl = graphBaseUrl(bundle, io.env['GRAPH_BASE_URL']);
  const demo = demoProblems(bundle, baseUrl);
  if (demo !== undefined) throw new CliError('refused', demo, 'use a real bundle, or the emulator');
  try {
    return createGraphClient({ baseUrl, allowHttp: bundle.demo });
  } catch (error) {
    if (!(error instanceof BaseUrlError)) throw error;
    const fix = 'mend GRAPH_BASE_URL, or `graph_base_url` in bundle.yaml';
    throw new CliError('invalidInput', error.message, fix, { cause: error });
  }
}
