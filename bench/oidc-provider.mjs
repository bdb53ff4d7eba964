// npm oidc-provider, set up to do what llavero is measured doing: exchange codes that were issued
// with PKCE, check tokens, give a client tokens of its own, opaque and signed, and refresh tokens
// that rotate. It keeps everything in memory.
//
//   node oidc-provider.mjs PORT CODES TOKENS REFRESH OUT
//
// Writes OUT/codes, OUT/tokens, OUT/refresh, OUT/client ("id secret") and OUT/service, the same
// client once more, as fill.c does; then prints "ready URL".
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createWriteStream, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

import Provider from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';

const REDIRECT_URI = 'http://127.0.0.1/callback';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'; // RFC 7636, appendix B
const SCOPE = 'read:user user:email'; // without openid: no id_token is signed on either side
const LIFETIME_S = 86400;
const RSA_BITS = 2048; // as llavero's keys

const [port, codes, tokens, refresh, out] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const clientId = 'Ov23bench0000000000x';
const clientSecret = randomBytes(20).toString('hex');

// Its own adapter keeps 1,000 entries and forgets the rest; this one is the same on a plain map.
const store = new Map();

class UnboundedAdapter extends MemoryAdapter {
  constructor(model) {
    super(model, store);
  }
}

function signingKeys() {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: RSA_BITS });

  return [['ES256', ec], ['RS256', rsa]].map(([alg, pair]) => (
    { ...pair.privateKey.export({ format: 'jwk' }), alg, use: 'sig' }));
}

// "https://es256.example/" reads tokens itself, signed with ES256.
function resourceServer(ctx, resource) {
  return {
    scope: SCOPE,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: new URL(resource).hostname.split('.')[0].toUpperCase() } },
  };
}

function start() {
  const provider = new Provider(issuer, {
    adapter: UnboundedAdapter,
    clients: [{
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'client_credentials', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
    }],
    scopes: SCOPE.split(' '),
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    pkce: { required: () => true },
    jwks: { keys: signingKeys() },
    issueRefreshToken: () => false, // not with codes: llavero gives none there either
    rotateRefreshToken: true,
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      introspection: { enabled: true },
      resourceIndicators: { enabled: true, getResourceServerInfo: resourceServer },
    },
    ttl: {
      AccessToken: LIFETIME_S,
      AuthorizationCode: LIFETIME_S,
      ClientCredentials: LIFETIME_S,
      Grant: LIFETIME_S,
      RefreshToken: LIFETIME_S,
    },
  });
  provider.on('server_error', (ctx, error) => console.error(error));
  return provider;
}

async function grantOf(provider, accountId) {
  const grant = new provider.Grant({ accountId, clientId });

  grant.addOIDCScope(SCOPE);
  return grant.save();
}

async function mintCode(provider, client, accountId) {
  const code = new provider.AuthorizationCode({
    accountId,
    client,
    grantId: await grantOf(provider, accountId),
    redirectUri: REDIRECT_URI,
    scope: SCOPE,
    codeChallenge: CHALLENGE,
    codeChallengeMethod: 'S256',
    authTime: Math.floor(Date.now() / 1000),
  });
  return code.save();
}

async function mintToken(provider, client, accountId) {
  const token = new provider.AccessToken({
    accountId,
    client,
    grantId: await grantOf(provider, accountId),
    scope: SCOPE,
    gty: 'authorization_code',
  });
  return token.save();
}

async function mintRefreshToken(provider, client, accountId) {
  const token = new provider.RefreshToken({
    accountId,
    client,
    grantId: await grantOf(provider, accountId),
    scope: SCOPE,
    gty: 'authorization_code',
    rotations: 0,
  });
  return token.save();
}

async function write(name, count, mint) {
  const file = createWriteStream(path.join(out, name));

  for (let i = 1; i <= count; i += 1) {
    const line = `${await mint(`${name}-user-${i}`)}\n`;
    if (!file.write(line)) await new Promise((resolve) => { file.once('drain', resolve); });
  }
  await new Promise((resolve) => { file.end(resolve); });
}

const provider = start();
const client = await provider.Client.find(clientId);

for (const name of ['client', 'service']) {
  writeFileSync(path.join(out, name), `${clientId} ${clientSecret}\n`);
}
await write('codes', Number(codes), (account) => mintCode(provider, client, account));
await write('tokens', Number(tokens), (account) => mintToken(provider, client, account));
await write('refresh', Number(refresh), (account) => mintRefreshToken(provider, client, account));
provider.listen(Number(port), '127.0.0.1', () => console.log(`ready ${issuer}`));
