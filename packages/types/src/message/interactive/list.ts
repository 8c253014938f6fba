import { z } from 'zod';
import { limitRows } from '../limit.ts';
import { isUnique, STRUCTURAL, text } from '../parts.ts';
import { frame, TextHeader } from './frame.ts';

export const LIST_LIMITS = {
  listButton: 20,
  sections: 10,
  rows: 10,
  sectionTitle: 24,
  rowId: 200,
  rowTitle: 24,
  rowDescription: 72,
} as const;
export const LIST_ROWS = limitRows('list', 'Meta, "Interactive lists"', LIST_LIMITS, {
  listButton: 'characters on the button that opens the list',
  sections: 'sections',
  rows: 'rows over all sections',
  sectionTitle: 'characters of the title of a section; needed when there is more than one',
  rowId: 'characters of the id of a row',
  rowTitle: 'characters of the title of a row',
  rowDescription: 'characters of the description of a row',
});

const Row = z.strictObject({
  id: text(LIST_LIMITS.rowId),
  title: text(LIST_LIMITS.rowTitle),
  description: text(LIST_LIMITS.rowDescription).optional(),
});
const Section = z.strictObject({
  title: text(LIST_LIMITS.sectionTitle).optional(),
  rows: z.array(Row).min(1),
});

const rowsOf = (sections: readonly z.infer<typeof Section>[]) => sections.flatMap(({ rows }) => rows);

/** With several sections each needs a title, so that the contact can tell them apart. */
export const areTitled = (sections: readonly { title?: string | undefined }[]) =>
  sections.length === 1 || sections.every(({ title }) => title !== undefined);
export const EACH_TITLED = {
  error: 'every section needs a title when there is more than one',
  params: STRUCTURAL,
};

export const ListInteractive = z.strictObject({
  type: z.literal('list'),
  header: TextHeader.optional(),
  ...frame,
  action: z.strictObject({
    button: text(LIST_LIMITS.listButton),
    sections: z
      .array(Section)
      .min(1)
      .max(LIST_LIMITS.sections)
      .refine((sections) => rowsOf(sections).length <= LIST_LIMITS.rows, {
        error: `at most ${LIST_LIMITS.rows} rows over all sections`,
        params: STRUCTURAL,
      })
      .refine((sections) => isUnique(rowsOf(sections), ({ id }) => id), { error: 'row ids must differ' })
      .refine(areTitled, EACH_TITLED),
  }),
});
