export { type Emulator, startEmulator } from './start-emulator.ts';
export { EmulatedNumber, EmulatorOptions, StatusDelays } from './options.ts';
export { type LedgerEntry } from './ledger.ts';
export { Fault, FaultOrder } from './faults.ts';
export { InboundRequest } from './inbound-message.ts';
export { type InboundResult } from './send-inbound.ts';
export { type Stats } from './stats.ts';
