import { written } from '../checks/check.ts';
import { type Calls, type GraphCall, SUCCESS } from '../graph/graph-call.ts';
import { checkProduct } from '../graph/check-product.ts';
import { type Refusal, missingParameter } from '../graph/refusal.ts';
import { selectFields } from '../graph/select-fields.ts';
import { type NumberSettings } from '../options.ts';
import { BAD_PIN, changeSettings } from './callback-calls.ts';
import { type NumberFieldDeps, numberFields } from './number-fields.ts';
import { settingCalls, verificationCalls } from './setting-calls.ts';

/** `/{phone_number_id}`: what is known of it, its settings, its registration. */
export function numberCalls(deps: NumberFieldDeps): Calls<NumberSettings> {
  const { registrations, addresses } = deps;
  const fields = numberFields(deps);
  return {
    GET: (call, number) => selectFields(fields, number, call.params['fields']),
    POST: (call, number) =>
      changeSettings(call, number, { addresses, setPin: (of, pin) => registrations.setPin(of, pin) }),
    ...settingCalls(),
    ...verificationCalls(),
    'POST register': (call, number) => {
      const refusal =
        checkProduct(call.params['messaging_product']) ??
        checkPin(call) ??
        registrations.register(number, written(call.params['pin']));
      return refusal ? { refusal } : SUCCESS;
    },
    'POST deregister': (_call, number) => {
      const refusal = registrations.deregister(number);
      return refusal ? { refusal } : SUCCESS;
    },
  };
}

function checkPin({ params }: GraphCall): Refusal | undefined {
  const { pin } = params;
  if (pin === undefined || pin === '') return missingParameter('pin');
  return /^\d{6}$/.test(written(pin)) ? undefined : BAD_PIN;
}
