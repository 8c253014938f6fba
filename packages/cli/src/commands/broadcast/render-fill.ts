import type { FillReport } from '@alur/lists';

/** What came of reading a file, the faults as `file:line:col`. */
export function renderFill(file: string, report: FillReport): string[] {
  const { read, added, duplicates, full, faulty, faults } = report;
  const more = faulty - faults.length;
  return [
    ...faults.map(({ line, col, message }) => `${file}:${line}:${col}: ${message}`),
    ...(more > 0 ? [`… and ${more} more`] : []),
    `${read} lines read: ${added} recipients, ${duplicates} there already, ${faulty} faulty${full > 0 ? `, ${full} too many` : ''}`,
  ];
}
