import { type JsonObject, type MessageKind, type OutboundMessage } from '@alur/types';

type ByKind = { [Kind in MessageKind]: Extract<OutboundMessage, { kind: Kind }> };

export type MessageOf<Kind extends MessageKind> = ByKind[Kind];

/** Makes `type` and the member that bears its name; what all messages share is added by `renderMessage`. */
export type Renderer<Kind extends MessageKind> = (message: MessageOf<Kind>) => JsonObject;
