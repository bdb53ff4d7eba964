// oauth4webapi at the standard edge: every step is the library's own, as its examples have it.
import {converse, countingFetch, exportedKeys, settings} from './conversation.mjs';

const oauth = await import('oauth4webapi');
const plain = {[oauth.allowInsecureRequests]: true, [oauth.customFetch]: countingFetch};
const base = new URL(settings.base);
let as, client, authentication, keyPair, DPoP, asked;

const methods = {
	client_secret_basic: () => oauth.ClientSecretBasic(client.client_secret),
	client_secret_post: () => oauth.ClientSecretPost(client.client_secret),
	client_secret_jwt: () => oauth.ClientSecretJwt(client.client_secret),
	private_key_jwt: () => oauth.PrivateKeyJwt({key: keyPair.privateKey, kid: 'own'}),
	none: () => oauth.None(),
};

async function become(metadata, dpop) {
	client = metadata;
	authentication = methods[client.token_endpoint_auth_method ?? 'client_secret_basic']();
	DPoP = dpop ? oauth.DPoP(client, await oauth.generateKeyPair('ES256')) : undefined;
}

// RFC 9449 8: the server's nonce comes with the refusal, and the library has kept it.
async function send(request, process) {
	try {
		return await process(await request({...plain, DPoP}));
	} catch (error) {
		if (!oauth.isDPoPNonceError(error)) throw error;
		return process(await request({...plain, DPoP}));
	}
}

async function tokens(request, process) {
	let response;
	const token = await send(request, (reply) => {
		response = reply;
		return process(reply);
	});

	if (token.id_token) await oauth.validateApplicationLevelSignature(as, response, plain);
	return {token, claims: oauth.getValidatedIdTokenClaims(token)};
}

await converse({
	async discover({algorithm}) {
		as = await oauth.processDiscoveryResponse(base,
			await oauth.discoveryRequest(base, {algorithm, ...plain}));
		return {metadata: as};
	},
	async register({metadata, dpop, access}) {
		if (metadata.token_endpoint_auth_method === 'private_key_jwt' || metadata.request_object_signing_alg) {
			keyPair = await oauth.generateKeyPair('ES256', {extractable: true});
			metadata.jwks = await exportedKeys(keyPair, 'ES256');
		}
		const made = await oauth.processDynamicClientRegistrationResponse(
			await oauth.dynamicClientRegistrationRequest(as, metadata, {initialAccessToken: access, ...plain}));
		await become(made, dpop);
		return {client: made};
	},
	async become({client, dpop}) {
		await become(client, dpop);
	},
	async authorize({redirect_uri, pushed, signed, ...more}) {
		asked = {
			redirect_uri, verifier: oauth.generateRandomCodeVerifier(),
			state: oauth.generateRandomState(), max_age: more.max_age && Number(more.max_age),
			nonce: more.scope?.split(' ').includes('openid') ? oauth.generateRandomNonce() : undefined,
		};
		const url = new URL(as.authorization_endpoint);
		const parameters = new URLSearchParams({
			client_id: client.client_id, redirect_uri, response_type: 'code', state: asked.state,
			code_challenge: await oauth.calculatePKCECodeChallenge(asked.verifier),
			code_challenge_method: 'S256', ...(asked.nonce && {nonce: asked.nonce}), ...more,
		});

		if (signed) {
			const request = await oauth.issueRequestObject(as, client, parameters,
				{key: keyPair.privateKey, kid: 'own'});
			url.search = new URLSearchParams({client_id: client.client_id, request});
		} else if (pushed) {
			const {request_uri} = await send(
				(options) => oauth.pushedAuthorizationRequest(as, client, authentication, parameters, options),
				(reply) => oauth.processPushedAuthorizationResponse(as, client, reply));
			url.search = new URLSearchParams({client_id: client.client_id, request_uri});
		} else {
			url.search = parameters;
		}
		return {url};
	},
	async redeem({callback, form, verifier, ...more}) {
		const answer = oauth.validateAuthResponse(as, client,
			form ? new URLSearchParams(form) : new URL(callback), asked.state);

		return tokens(
			(options) => oauth.authorizationCodeGrantRequest(as, client, authentication, answer,
				asked.redirect_uri, verifier ?? asked.verifier, {additionalParameters: more, ...options}),
			(reply) => oauth.processAuthorizationCodeResponse(as, client, reply,
				{expectedNonce: asked.nonce, maxAge: asked.max_age, requireIdToken: Boolean(asked.nonce)}));
	},
	async userinfo({token, subject}) {
		let response;
		const claims = await send(
			(options) => oauth.userInfoRequest(as, client, token, options),
			(reply) => {
				response = reply;
				return oauth.processUserInfoResponse(as, client, subject, reply);
			});

		if (client.userinfo_signed_response_alg) {
			await oauth.validateApplicationLevelSignature(as, response, plain);
		}
		return {claims};
	},
	refresh: ({token, ...more}) => tokens(
		(options) => oauth.refreshTokenGrantRequest(as, client, authentication, token,
			{additionalParameters: more, ...options}),
		(reply) => oauth.processRefreshTokenResponse(as, client, reply)),
	own: (parameters) => tokens(
		(options) => oauth.clientCredentialsGrantRequest(as, client, authentication, parameters, options),
		(reply) => oauth.processClientCredentialsResponse(as, client, reply)),
	async device(parameters) {
		const device = await oauth.processDeviceAuthorizationResponse(as, client,
			await oauth.deviceAuthorizationRequest(as, client, authentication, parameters, plain));
		return {device};
	},
	poll: ({device}) => tokens(
		(options) => oauth.deviceCodeGrantRequest(as, client, authentication, device.device_code, options),
		(reply) => oauth.processDeviceCodeResponse(as, client, reply)),
	async introspect({token, ...more}) {
		const told = await oauth.processIntrospectionResponse(as, client,
			await oauth.introspectionRequest(as, client, authentication, token,
				{additionalParameters: more, ...plain}));
		return {told};
	},
	async revoke({token, ...more}) {
		await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, authentication,
			token, {additionalParameters: more, ...plain}));
	},
	async read({token}) {
		const reply = await send((options) => oauth.protectedResourceRequest(token, 'GET',
			new URL('/api/v3/user', base), undefined, undefined, options), (response) => response);
		return {user: await reply.json()};
	},
	// RFC 9728: from an API that is known to the server in front of it
	async describe({resource}) {
		const url = new URL(resource);
		return {resource: await oauth.processResourceDiscoveryResponse(url,
			await oauth.resourceDiscoveryRequest(url, plain))};
	},
	// Somebody's API that is shown our token: RFC 9068 4
	async check({token, audience}) {
		const request = new Request('https://files.example/v1', {headers: {authorization: `Bearer ${token}`}});
		return {claims: await oauth.validateJwtAccessToken(as, request, audience, plain)};
	},
});
