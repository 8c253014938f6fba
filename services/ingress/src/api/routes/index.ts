import type { Route } from '../route.ts';
import { contactsList } from './contacts-list.ts';
import { conversationFind } from './conversation-find.ts';
import { conversationRead } from './conversation-read.ts';
import { messageFind, messageRead } from './message-read.ts';
import { broadcastCheck } from './broadcast-check.ts';
import { broadcastCancel, broadcastPause, broadcastResume, broadcastStart } from './broadcast-moves.ts';
import { broadcastDelete, broadcastRead } from './broadcast-read.ts';
import { broadcastRecipients } from './broadcast-recipients.ts';
import { broadcastReport } from './broadcast-report.ts';
import { broadcastsCreate } from './broadcasts-create.ts';
import { broadcastsList } from './broadcasts-list.ts';
import { events } from './events.ts';
import { media } from './media.ts';
import { messagesSend } from './messages-send.ts';
import { release } from './release.ts';
import { contactErase } from './contact-erase.ts';
import { contactExport } from './contact-export.ts';
import { optIn } from './opt-in.ts';
import { optOut } from './opt-out.ts';
import { wishesExport } from './wishes-export.ts';
import { wishesImport } from './wishes-import.ts';
import { wishesRead } from './wishes-read.ts';

/** Every path of the API. */
export const ROUTES: readonly Route[] = [
  messagesSend,
  events,
  release,
  media,
  messageFind,
  messageRead,
  conversationFind,
  conversationRead,
  contactsList,
  optOut,
  optIn,
  wishesRead,
  wishesExport,
  wishesImport,
  contactExport,
  contactErase,
  broadcastsCreate,
  broadcastsList,
  broadcastRead,
  broadcastDelete,
  broadcastRecipients,
  broadcastCheck,
  broadcastStart,
  broadcastPause,
  broadcastResume,
  broadcastCancel,
  broadcastReport,
];
