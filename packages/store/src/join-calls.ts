/**
 * Lets callers share a call: while one is under way, what others ask for is gathered and goes out together when it is
 * back, in the order asked. With a disk that must answer each call, that is one wait for many. When a shared
 * call fails, each of its callers is served alone, so that one cannot fail another.
 */
export function joinCalls<In, Out>(
  call: (items: readonly In[]) => Promise<Out[]>,
): (items: readonly In[]) => Promise<Out[]> {
  let waiting: Caller<In, Out>[] = [];
  let busy = false;
  const serve = async (): Promise<void> => {
    busy = true;
    while (waiting.length > 0) {
      const callers = waiting;
      waiting = [];
      await serveTogether(callers, call);
    }
    busy = false;
  };
  return (items) =>
    new Promise((resolve, reject) => {
      waiting.push({ items, resolve, reject });
      if (!busy) void serve();
    });
}

interface Caller<In, Out> {
  items: readonly In[];
  resolve: (results: Out[]) => void;
  reject: (reason: unknown) => void;
}

async function serveTogether<In, Out>(
  callers: readonly Caller<In, Out>[],
  call: (items: readonly In[]) => Promise<Out[]>,
): Promise<void> {
  try {
    const results = await call(callers.flatMap(({ items }) => items));
    let from = 0;
    for (const { items, resolve } of callers) {
      resolve(results.slice(from, from + items.length));
      from += items.length;
    }
  } catch (error) {
    const [only] = callers;
    if (callers.length === 1 && only) only.reject(error);
    else await Promise.all(callers.map(({ items, resolve, reject }) => call(items).then(resolve, reject)));
  }
}
