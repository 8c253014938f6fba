import type { SimulatedContact } from '@alur/flow';

/** `name=… language=…`; undefined when that is not what it says. */
export function parseWho(rest: string): Partial<SimulatedContact> | undefined {
  const contact: Partial<SimulatedContact> = {};
  const left = rest.replace(/(\w+)=("[^"]*"|\S*)/g, (whole, key: string, quoted: string) => {
    const value = quoted.replace(/^"|"$/g, '');
    switch (key) {
      case 'name':
        contact.name = value;
        return '';
      case 'language':
        contact.language = value;
        return '';
      case 'wa_id':
        contact.waId = value;
        return '';
      case 'user_id':
        contact.userId = value;
        return '';
      case 'tags':
        contact.tags = value === '' ? [] : value.split(',');
        return '';
      default:
        return whole;
    }
  });
  return left.trim() === '' && Object.keys(contact).length > 0 ? contact : undefined;
}
