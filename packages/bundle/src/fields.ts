import { FailureClass, OPT_OUT_WORDS } from '@alur/types';
import { SECRET_FIELDS, type Field } from './secret-fields.ts';

const ON_UNKNOWN: Field = {
  must: 'retry_once or park',
  fix: 'retry_once sends such a message once more, park leaves it to a person',
};
const WORDS: Field = {
  must: 'a list of at most 100 words of 1 to 64 characters, each with a letter or a digit',
  fix: 'write one word or short phrase an item, a number in quotes',
};

const HTTP_ALLOW: Field = {
  must: 'a list of at most 100 hosts, each as host, host:port or http://host:port',
  fix: 'write the name or address that the flows call, such as crm.internal:8080, without a path',
};

const SLUG = {
  must: 'lower-case letters, digits and dashes, 63 at most',
  fix: 'it names a tenant or a team in the webhook address, or a subscriber in its team',
};

/** What each key of bundle.yaml, of a secrets file and of the answers has to hold. A map, so that `__proto__` is no key. */
export const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['demo', { must: 'true or false', fix: 'leave it out: only the demo sets it' }],
  ['graph_base_url', { must: 'an http or https address', fix: 'leave it out to use the Graph API of Meta' }],
  ['strict', { must: 'true or false', fix: 'false turns a missing target in a flow into a warning' }],
  [
    'graph_errors',
    {
      must: 'a map from error codes of Graph to at least one of class, retry_after and advice',
      fix: 'leave out a code to use what Alur knows of it',
      keys: 'error codes of Graph, of 1 to 9 digits',
    },
  ],
  [
    'class',
    {
      must: `one of ${FailureClass.options.join(', ')}`,
      fix: 'it says what has to wait or stop; leave it out to keep the class that the code has',
    },
  ],
  [
    'retry_after',
    {
      must: 'a whole number from 1 to 86400',
      fix: 'it is how many seconds to wait at least before trying again',
    },
  ],
  ['advice', { must: 'text of 1 to 500 characters', fix: 'it is what an operator reads' }],
  [
    'on_unknown',
    {
      must: 'retry_once or park, or a map with one of them for reply, notification and broadcast',
      fix: ON_UNKNOWN.fix,
    },
  ],
  ['reply', ON_UNKNOWN],
  ['notification', ON_UNKNOWN],
  ['broadcast', ON_UNKNOWN],
  [
    'record_days',
    {
      must: 'a whole number from 3 to 90',
      fix: 'it is how long a record is kept after its end; 8 if left out',
    },
  ],
  [
    'removed_flows',
    {
      must: 'finish or end',
      fix: 'finish lets a run that waits in a flow that is gone go on, end ends it',
    },
  ],
  [
    'read_receipts',
    {
      must: 'off, read or typing',
      fix: 'read marks what a flow took as read, typing also shows that an answer takes a moment',
    },
  ],
  ['tenants', { must: 'a list with at least one tenant', fix: 'run `alur setup` to add a tenant' }],
  ['id', SLUG],
  [
    'locale',
    {
      must: 'a language and, as a rule, a region, such as id-ID or pt-BR',
      fix: 'its region tells how phone numbers without a country code are read; leave it out to need the code always',
    },
  ],
  [
    'limits',
    {
      must: 'a map with any of api_per_second and waiting',
      fix: 'leave it out for 50 calls a second and 100000 messages that wait',
    },
  ],
  [
    'api_per_second',
    {
      must: 'a whole number from 1 to 10000',
      fix: 'it is how many calls of the HTTP API a second each team may make; 50 if left out',
    },
  ],
  [
    'waiting',
    {
      must: 'a whole number from 1 to 10000000',
      fix: 'it is how many messages of each team may wait to be sent; 100000 if left out',
    },
  ],
  [
    'fallback_message',
    {
      must: 'text of 1 to 4096 characters',
      fix: 'it is sent when a flow fails; leave it out to send nothing',
    },
  ],
  [
    'opt_out',
    {
      must: 'a map with any of languages, stop_words, start_words, confirmation and confirmation_in',
      fix: 'leave it out to understand STOP and START',
    },
  ],
  [
    'languages',
    {
      must: `a list with any of ${Object.keys(OPT_OUT_WORDS).join(', ')}`,
      fix: 'words of other languages go into stop_words and start_words',
    },
  ],
  ['stop_words', WORDS],
  ['start_words', WORDS],
  [
    'confirmation',
    {
      must: 'text of 1 to 4096 characters, or false',
      fix: 'it answers a stop word; false answers nothing',
    },
  ],
  [
    'confirmation_in',
    {
      must: 'text of 1 to 4096 characters',
      fix: 'it answers a start word; leave it out to answer nothing',
    },
  ],
  ['teams', { must: 'a list with at least one team', fix: 'run `alur setup` to add a team' }],
  ['enabled', { must: 'true or false, without quotes', fix: 'true takes messages, false refuses them' }],
  [
    'public_base_url',
    {
      must: 'an http or https address without query or password',
      fix: 'it is the address under which Meta reaches this machine, such as https://bot.example.com',
    },
  ],
  [
    'business_account_id',
    {
      must: 'digits',
      fix: 'it is the WhatsApp Business Account ID on the API Setup page of Meta; leave it out if unknown',
    },
  ],
  [
    'portfolio_id',
    {
      must: 'digits',
      fix: 'it is the id of the business portfolio in Meta Business Settings; leave it out if unknown',
    },
  ],
  ['flows', { must: 'a folder inside the bundle', fix: 'use a relative path such as flows' }],
  ['http', { must: 'a map with allow', fix: 'leave it out to call public addresses over https only' }],
  ['allow', HTTP_ALLOW],
  ['http_allow', HTTP_ALLOW],
  [
    'subscribers',
    {
      must: 'a list of at most 20 subscribers, each with a url and an id of its own',
      fix: 'leave it out when nobody is to be told what flows emit',
    },
  ],
  [
    'url',
    {
      must: 'an http or https address of at most 2048 characters, without a password or #',
      fix: 'it is where the deliveries are posted, such as https://crm.example.com/hooks/alur',
    },
  ],
  [
    'events',
    {
      must: 'a list of 1 to 100 types of events, with * at the end of one only',
      fix: 'write order.paid, or order.* for all that begin so; leave it out for all',
    },
  ],
  ['numbers', { must: 'a list of numbers', fix: 'run `alur setup` to add a number' }],
  [
    'phone_number_id',
    { must: 'digits', fix: 'it is the id on the API Setup page of Meta, not the phone number' },
  ],
  [
    'api_version',
    { must: 'a version of the Graph API', fix: 'use the form v25.0: Meta no longer serves v20.0 and older' },
  ],
  [
    'tier',
    {
      must: 'one of 250, 1, 2k, 2, 3 and unlimited',
      fix: 'WhatsApp Manager shows the messaging limit of the number',
    },
  ],
  ['tier_counts', { must: 'business_initiated or all', fix: 'business_initiated is the rule of Meta' }],
  [
    'tier_scope',
    {
      must: 'number or portfolio',
      fix: 'portfolio when all numbers of the business portfolio share one messaging limit',
    },
  ],
  [
    'throughput',
    { must: 'a whole number from 1 to 1000', fix: 'it is messages a second; 80 unless Meta granted more' },
  ],
  ...SECRET_FIELDS,
]);
