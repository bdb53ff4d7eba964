// openid-client 6 at the standard edge, from the chair of an app's author.
import {converse, countingFetch, exportedKeys, settings} from './conversation.mjs';

const client = await import('openid-client');
const base = new URL(settings.base);
let algorithm, config, keyPair, DPoP, asked;

function checked(configuration) {
	client.enableNonRepudiationChecks(configuration); // signatures are looked at
	configuration[client.customFetch] = countingFetch;
}

const options = () => ({algorithm, execute: [client.allowInsecureRequests, checked], [client.customFetch]: countingFetch});
const methods = {
	client_secret_basic: () => client.ClientSecretBasic(),
	client_secret_post: () => client.ClientSecretPost(),
	client_secret_jwt: () => client.ClientSecretJwt(),
	private_key_jwt: () => client.PrivateKeyJwt({key: keyPair.privateKey, kid: 'own'}),
	none: () => client.None(),
};
const method = (metadata) => methods[metadata.token_endpoint_auth_method ?? 'client_secret_basic']();

async function bind(dpop) {
	DPoP = dpop ? client.getDPoPHandle(config, await client.randomDPoPKeyPair()) : undefined;
}

const tokens = (token) => ({token, claims: token.claims()});

await converse({
	async discover(options_) {
		algorithm = options_.algorithm;
		config = await client.discovery(base, 'nobody', undefined, client.None(), options());
		return {metadata: config.serverMetadata()};
	},
	async register({metadata, dpop, access}) {
		if (metadata.token_endpoint_auth_method === 'private_key_jwt' || metadata.request_object_signing_alg) {
			keyPair = await client.randomDPoPKeyPair('ES256', {extractable: true});
			metadata.jwks = await exportedKeys(keyPair, 'ES256');
		}
		config = await client.dynamicClientRegistration(base, metadata, method(metadata),
			{...options(), initialAccessToken: access});
		await bind(dpop);
		return {client: config.clientMetadata()};
	},
	async become({client: metadata, dpop}) {
		config = await client.discovery(base, metadata.client_id, metadata, method(metadata), options());
		await bind(dpop);
	},
	async authorize({redirect_uri, pushed, signed, ...more}) {
		asked = {
			pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState(),
			maxAge: more.max_age && Number(more.max_age),
			expectedNonce: more.scope?.split(' ').includes('openid') ? client.randomNonce() : undefined,
		};
		const parameters = new URLSearchParams({
			redirect_uri, state: asked.expectedState, code_challenge_method: 'S256',
			code_challenge: await client.calculatePKCECodeChallenge(asked.pkceCodeVerifier),
			...(asked.expectedNonce && {nonce: asked.expectedNonce}), ...more,
		});

		if (signed) return {url: await client.buildAuthorizationUrlWithJAR(config, parameters, {key: keyPair.privateKey, kid: 'own'})};
		if (pushed) return {url: await client.buildAuthorizationUrlWithPAR(config, parameters, {DPoP})};
		return {url: client.buildAuthorizationUrl(config, parameters)};
	},
	async redeem({callback, form, verifier, ...more}) {
		const checks = {...asked, idTokenExpected: Boolean(asked.expectedNonce)};
		const arrived = form ? new Request(callback, {method: 'POST', body: new URLSearchParams(form)}) : new URL(callback);

		if (verifier) checks.pkceCodeVerifier = verifier;
		return tokens(await client.authorizationCodeGrant(config, arrived, checks, more, {DPoP}));
	},
	async userinfo({token, subject}) {
		return {claims: await client.fetchUserInfo(config, token, subject, {DPoP})};
	},
	refresh: async ({token, ...more}) => tokens(await client.refreshTokenGrant(config, token, more, {DPoP})),
	own: async (parameters) => ({token: await client.clientCredentialsGrant(config, parameters, {DPoP})}),
	async device(parameters) {
		return {device: await client.initiateDeviceAuthorization(config, parameters)};
	},
	poll: async ({device}) => tokens(await client.pollDeviceAuthorizationGrant(config, device, undefined, {DPoP})),
	async introspect({token, ...more}) {
		return {told: await client.tokenIntrospection(config, token, more)};
	},
	async revoke({token, ...more}) {
		await client.tokenRevocation(config, token, more);
	},
	async read({token}) {
		const reply = await client.fetchProtectedResource(config, token, new URL('/api/v3/user', base),
			'GET', undefined, undefined, {DPoP});
		return {user: await reply.json()};
	},
	async logout(parameters) {
		return {url: client.buildEndSessionUrl(config, parameters)};
	},
});
