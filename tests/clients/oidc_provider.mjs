// npm oidc-provider, configured as llavero is: test_oidc_provider_differences.py asks both the same.
// The package is the one that ./dev bench measures beside; this file is run by the Node.js of that folder.
//
//   node oidc_provider.mjs PORT RESOURCE
//
// Prints "ready URL". People sign in at its own development pages with any name and password.
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';
import process from 'node:process';

const bench = createRequire(new URL('../../bench/package.json', import.meta.url));
const {default: Provider, errors} = await import(pathToFileURL(bench.resolve('oidc-provider')));
const [port, resource] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
	clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
	claims: {
		openid: ['sub'], email: ['email', 'email_verified'],
		profile: ['preferred_username', 'profile', 'picture', 'updated_at'],
	},
	conformIdTokenClaims: true,
	cookies: {keys: ['a key of this test'], long: {sameSite: 'none', secure: false}},
	features: {
		claimsParameter: {enabled: true},
		clientCredentials: {enabled: true},
		deviceFlow: {enabled: true},
		dPoP: {enabled: true},
		pushedAuthorizationRequests: {enabled: true},
		introspection: {
			enabled: true,
			allowedPolicy: (ctx, client, token) => token.clientId === client.clientId,
		},
		registration: {enabled: true},
		registrationManagement: {enabled: true},
		resourceIndicators: {
			enabled: true,
			getResourceServerInfo(ctx, indicator) {
				if (indicator !== resource) throw new errors.InvalidTarget();
				return {scope: 'repo', accessTokenFormat: 'opaque'};
			},
			useGrantedResource: () => true,
		},
		revocation: {
			enabled: true,
			allowedPolicy: (ctx, client, token) => token.clientId === client.clientId,
		},
		rpInitiatedLogout: {enabled: true},
	},
	enableHttpPostMethods: true,
	findAccount: (ctx, id) => ({
		accountId: id,
		claims: () => ({
			sub: id, email: `${id}@example.com`, email_verified: true,
			preferred_username: id, profile: `${issuer}/${id}`, picture: `${issuer}/${id}.png`,
			updated_at: 1,
		}),
	}),
	issueRefreshToken: (ctx, client) => client.grantTypeAllowed('refresh_token'),
	pkce: {required: () => true},
	responseTypes: ['code'],
	rotateRefreshToken: true,
	scopes: ['openid', 'profile', 'email', 'offline_access', 'repo', 'user'],
	ttl: {
		AccessToken: 3600, AuthorizationCode: 600, ClientCredentials: 3600, DeviceCode: 899, RefreshToken: 86400,
	},
});

provider.on('server_error', (ctx, error) => console.error(error));
provider.listen(Number(port), '127.0.0.1', () => console.log(`ready ${issuer}`));
