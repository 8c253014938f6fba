# One image for all programs; the command chooses which one runs.

# The manifests alone, so that packages are installed again only when one of these changed.
FROM node:24-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages packages
COPY services services
RUN find packages services -type f ! -name package.json -delete

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY --from=manifests /app ./
RUN npm ci --ignore-scripts

FROM packages AS build
COPY tsconfig.json tsconfig.base.json ./
COPY packages packages
COPY services services
RUN npm run build \
 && find packages services -type d -name src -prune -exec rm -rf {} + \
 && find packages services -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.tsbuildinfo' -o -name 'tsconfig*.json' \) -delete \
 && find packages services -type d -empty -delete

FROM packages AS production
RUN npm prune --omit=dev --ignore-scripts \
 && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' \) -delete

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
# Where a new volume takes its owner from.
RUN mkdir /bundle && chown node:node /bundle
COPY --from=production /app/node_modules node_modules
COPY --from=build /app/package.json ./
COPY --from=build /app/packages packages
COPY --from=build /app/services services
COPY flows/demo flows/demo
# npm links no command whose file was not there when it installed.
RUN ln -s /app/packages/cli/bin/alur.js /usr/local/bin/alur && ln -s alur /usr/local/bin/gtc
USER node
# Webhooks, API; the ops ports (9101 to 9103) stay inside.
EXPOSE 8080 8081
CMD ["node", "services/ingress/dist/main.js"]
