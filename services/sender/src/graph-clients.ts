import { graphBaseUrl, type Bundle } from '@alur/bundle';
import { createGraphClient, type GraphClient } from '@alur/whatsapp';

export interface GraphClients {
  of(bundle: Bundle): GraphClient;
  close(): void;
}

/** One client for each address that bundles have named, with its kept-alive connections. */
export function createGraphClients(config: {
  GRAPH_BASE_URL?: string | undefined;
  SEND_TIMEOUT_MS: number;
}): GraphClients {
  const clients = new Map<string, GraphClient>();
  return {
    of: (bundle) => {
      const baseUrl = graphBaseUrl(bundle, config.GRAPH_BASE_URL);
      const known = clients.get(baseUrl);
      if (known) return known;
      // Only made-up tokens may travel without encryption.
      const made = createGraphClient({ baseUrl, timeoutMs: config.SEND_TIMEOUT_MS, allowHttp: bundle.demo });
      clients.set(baseUrl, made);
      return made;
    },
    close: () => {
      for (const client of clients.values()) client.close();
    },
  };
}
