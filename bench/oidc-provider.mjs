// npm oidc-provider, set up to do what llavero is measured doing: exchange codes that were issued
// with PKCE, and check tokens. It keeps everything in memory.
//
//   node oidc-provider.mjs PORT CODES TOKENS OUT
//
// Writes OUT/codes, OUT/tokens and OUT/client ("id secret") as fill.c does, then prints
// "ready URL".
import { randomBytes } from 'node:crypto';
import { createWriteStream, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

import Provider from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';

const REDIRECT_URI = 'http://127.0.0.1/callback';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'; // RFC 7636, appendix B
const SCOPE = 'read:user user:email'; // without openid: no id_token is signed on either side
const LIFETIME_S = 86400;

const [port, codes, tokens, out] = process.argv.slice(2);
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

function start() {
  const provider = new Provider(issuer, {
    adapter: UnboundedAdapter,
    clients: [{
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
    }],
    scopes: SCOPE.split(' '),
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, introspection: { enabled: true } },
    ttl: { AccessToken: LIFETIME_S, AuthorizationCode: LIFETIME_S, Grant: LIFETIME_S },
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

writeFileSync(path.join(out, 'client'), `${clientId} ${clientSecret}\n`);
await write('codes', Number(codes), (account) => mintCode(provider, client, account));
await write('tokens', Number(tokens), (account) => mintToken(provider, client, account));
provider.listen(Number(port), '127.0.0.1', () => console.log(`ready ${issuer}`));
