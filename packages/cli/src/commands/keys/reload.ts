/** What makes a change of the bundle count. */
export const RELOAD =
  'Reload the services for it to count: docker compose kill -s HUP ingress flow-runner sender';
