/** Counters since the start. Codes are Graph codes, or `http_503` and the like for faults without one. */
export interface Stats {
  accepted: number;
  readReceipts: number;
  refused: Record<string, number>;
  webhooks: { accepted: number; refused: number; dropped: number };
}

export function createStats(): Stats {
  return {
    accepted: 0,
    readReceipts: 0,
    refused: {},
    webhooks: { accepted: 0, refused: 0, dropped: 0 },
  };
}

export function countRefusal(stats: Stats, code: number | string): void {
  stats.refused[code] = (stats.refused[code] ?? 0) + 1;
}
