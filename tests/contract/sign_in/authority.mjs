// A sign-in service by oidc-provider, and an environment that accepts its tokens alone; both over
// TLS on one port. Reads its settings as JSON from standard input and prints its origin.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:https';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';

const settings = JSON.parse(readFileSync(0, 'utf-8'));
const require = createRequire(`${settings.modules}/`);
const Koa = require('koa');
const mount = require('koa-mount');
const { default: Provider } = await import(
  pathToFileURL(`${settings.modules}/oidc-provider/lib/index.js`).href
);

const server = createServer({ key: settings.key, cert: settings.certificate });
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `https://localhost:${server.address().port}`;
const authority = `${origin}/${settings.tenant}`;
const scopes = [`${origin}/.default`, `${origin}/user_impersonation`];

const application = {
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  scope: scopes[0],
};
const byKey = (id, alg, jwk) => ({
  ...application,
  client_id: id,
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: alg,
  jwks: { keys: [jwk] },
});

const provider = new Provider(`${authority}/v2.0`, {
  clients: [
    {
      ...application,
      client_id: settings.clients.secret,
      client_secret: settings.secret,
      token_endpoint_auth_method: 'client_secret_post',
    },
    byKey(settings.clients.certificate, 'PS256', settings.jwk),
    byKey(settings.clients.federated, 'RS256', settings.jwk),
    {
      client_id: settings.clients.person,
      application_type: 'native',
      grant_types: [
        'authorization_code',
        'refresh_token',
        'urn:ietf:params:oauth:grant-type:device_code',
      ],
      redirect_uris: ['http://localhost'],
      response_types: ['code'],
      scope: `openid profile offline_access ${scopes[1]}`,
      token_endpoint_auth_method: 'none',
    },
  ],
  cookies: { keys: ['only for tests'] },
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    devInteractions: { enabled: true },
  },
  issueRefreshToken: () => true,
  jwks: { keys: [settings.signingKey] },
  scopes: ['openid', 'profile', 'offline_access', ...scopes],
  ttl: { AccessToken: settings.seconds, ClientCredentials: settings.seconds },
});

const seen = new Set();
const refused = new Set();

/** Answer as an environment does: a challenge without a token that this authority has issued. */
async function environment(ctx) {
  const path = ctx.path.replace('/api/data/v9.2/', '');
  const value = (ctx.get('authorization').match(/^Bearer (.+)$/) ?? [])[1];
  const token =
    value && ((await provider.AccessToken.find(value)) ?? (await provider.ClientCredentials.find(value)));
  seen.add(value);
  if (!token || !token.isValid || refused.has(value)) {
    ctx.status = 401;
    ctx.set(
      'WWW-Authenticate',
      `Bearer authorization_uri=${authority}/oauth2/authorize, resource_id=${origin}/`,
    );
    return;
  }
  const name = token.accountId ?? token.clientId;
  const answers = {
    WhoAmI: { UserId: settings.tenant, BusinessUnitId: name, OrganizationId: token.scope },
    'RetrieveVersion()': { Version: '9.2.1.1' },
    [`systemusers(${settings.tenant})`]: { fullname: name },
  };
  if (path === `systemusers(${settings.tenant})/systemuserroles_association`) {
    ctx.body = { value: [{ name: 'System Customizer' }] };
  } else if (answers[path]) {
    ctx.body = answers[path];
  } else {
    ctx.status = 404;
  }
}

const app = new Koa();
// Cookies are signed with the keys of the outer application.
app.keys = ['only for tests'];
app.use(async (ctx, next) => {
  if (ctx.path.startsWith('/api/data/')) {
    await environment(ctx);
    return;
  }
  if (ctx.path === '/_test/refuse-all-seen') {
    seen.forEach((value) => refused.add(value));
    ctx.status = 204;
    return;
  }
  if (ctx.path === '/api/discovery/v2.0/Instances') {
    const url = 'https://contoso.crm4.dynamics.com';
    ctx.body = { value: [{ FriendlyName: 'Contoso', Url: url, Version: '9.2.2.2', State: 0 }] };
    return;
  }
  // Entra's own value; consent is what oidc-provider gives offline_access for.
  if (ctx.query.prompt === 'select_account') {
    ctx.query = { ...ctx.query, prompt: 'consent' };
  }
  await next();
});
app.use(mount(`/${settings.tenant}/v2.0`, provider));
server.on('request', app.callback());
console.log(origin);
