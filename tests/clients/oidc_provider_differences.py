"""Where llavero and npm oidc-provider differ, and the sentence that makes ours right. A row is the sentence, the
cases, and by name what differs: ours, theirs. Of members it is those that one of the two has alone."""

MADE = ("application_type client_id client_id_issued_at client_secret client_secret_expires_at "
        "dpop_bound_access_tokens grant_types id_token_signed_response_alg "
        "post_logout_redirect_uris redirect_uris registration_access_token "
        "registration_client_uri require_auth_time require_pushed_authorization_requests "
        "response_types subject_type token_endpoint_auth_method")
DEFAULTS = ("dpop_bound_access_tokens post_logout_redirect_uris require_auth_time "
            "require_pushed_authorization_requests")

TABLE = [
    # the authorization request

    ("RFC 6749 3.3: a request without a scope is processed 'using a pre-defined default value', "
     "which is the empty one (docs/standard.md); they have nothing to grant, and deny.",
     ["authorize: without scope", "authorize: an empty scope"],
     {"members": ("code", "error"), "error": (None, "access_denied")}),
    ("OAuth 2.1 4.1.2.1: errors are added to the query of the redirect URI; there is no response type "
     "here whose answers would be fragments.",
     ["authorize: response_type token", "authorize: response_type code id_token"],
     {"by": ("query", "fragment")}),
    ("RFC 6749 4.1.2.1: the person is told and nothing is redirected; the status of that page is not "
     "fixed, and an unknown app is 404 as at the other edge.",
     ["authorize: without client_id", "authorize: an unknown client_id"], {"status": (404, 400)}),
    ("RFC 6749 3.1: 'Request and response parameters MUST NOT be included more than once', which does "
     "not except the unknown.",
     ["authorize: an unknown parameter twice"],
     {"members": ("error", "code"), "error": ("invalid_request", None)}),
    ("RFC 8414 2: response_modes_supported does not list fragment, and a client may use only "
     "what is listed.",
     ["authorize: response_mode fragment"],
     {"by": ("query", "fragment"), "members": ("error", "code"),
      "error": ("invalid_request", None)}),
    ("RFC 6749 4.1.2.1: invalid_request when a request 'includes an invalid parameter value'; their "
     "code is not in the registry of OAuth errors.",
     ["authorize: an unknown response_mode"],
     {"error": ("invalid_request", "unsupported_response_mode")}),
    ("RFC 8707 2.1 asks for no consent to a resource apart from the scopes, which were consented to.",
     ["authorize: a resource"],
     {"where": ("app", "person"), "by": ("query", None), "members": ("code iss state", "")}),
    ("RFC 9449 10: the value is 'the JWK Thumbprint', 43 characters; one that fits no key would give a "
     "code that nobody can redeem.",
     ["authorize: dpop_jkt that is none"],
     {"members": ("error", "code"), "error": ("invalid_request", None)}),

    ("RFC 9101 6.3: what counts is in the signed request, of which nothing could be read: there is no "
     "redirect URI that is proven. They do not take signed requests here.",
     ["authorize: request"],
     {"where": ("page", "app"), "status": (400, None), "by": (None, "query"),
      "members": ("", "error iss state"), "error": (None, "request_not_supported")}),

    # what was pushed

    ("RFC 9126 2.2: a lifetime of five seconds to ten minutes is the server's to choose.",
     ["push: good", "push: good by post", "push: good with a signed assertion",
      "push: of a public client", "push: with DPoP"], {"expires_in": (90, 60)}),
    ("RFC 9449 10.1: a dpop_jkt that does not match the proof is rejected, by which code is not said; "
     "what does not match is the proof.",
     ["push: DPoP and dpop_jkt of another key"],
     {"error": ("invalid_dpop_proof", "invalid_request")}),
    ("RFC 9126 2.1: a request_uri in the request is to be rejected, in the words of 2.3: it is a "
     "parameter that must not be there, supported or not.",
     ["push: a request_uri in it"],
     {"error": ("invalid_request", "request_uri_not_supported")}),
    ("RFC 6749 4.1.2.1: without a redirect URI that is proven nobody is redirected, and the reference "
     "was all there is of the request.",
     ["authorize: what another app pushed"],
     {"where": ("page", "app"), "status": (400, None), "by": (None, "query"),
      "members": ("", "error iss state"), "error": (None, "invalid_request_object")}),
    ("The same of RFC 6749 4.1.2.1.",
     ["authorize: what was pushed and used", "authorize: what nobody pushed"],
     {"where": ("page", "app"), "status": (400, None), "by": (None, "query"),
      "members": ("", "error iss"), "error": (None, "invalid_request_uri")}),

    # who asks

    ("RFC 6749 5.2: invalid_client also when 'no client authentication' was included, and RFC 9110 "
     "15.5.2: a 401 'MUST send a WWW-Authenticate header field'.",
     ["token: code, nobody", "device: nobody", "introspection: nobody", "revocation: nobody"],
     {"status": (401, 400), "challenge": ("Basic", None),
      "error": ("invalid_client", "invalid_request")}),
    ("RFC 7521 4.2.1: where an assertion is not valid 'the value of the \"error\" parameter MUST be "
     "the \"invalid_client\" error code'.",
     ["token: code, an assertion that is none", "token: code, an assertion of another kind"],
     {"status": (401, 400), "challenge": ("Basic", None),
      "error": ("invalid_client", "invalid_request")}),
    ("RFC 9110 15.5.2: a 401 'MUST send a WWW-Authenticate header field', however the secret came.",
     ["token: code, a wrong secret by post", "token: code, an unknown client by post",
      "token: code, a confidential client without its secret",
      "token: code, a public client with a secret", "push: nobody"], {"challenge": ("Basic", None)}),
    ("RFC 7617 2: the parameters of the scheme Basic are realm and charset; an error is in the body.",
     ["token: code, a wrong secret by Basic", "token: code, an unknown client by Basic",
      "device: a wrong secret", "introspection: a wrong secret", "revocation: a wrong secret",
      "push: a wrong secret"],
     {"challenge": ("Basic", "Basic invalid_client")}),

    # tokens

    ("RFC 7636 4.6: if the values are not equal, 'an error response indicating \"invalid_grant\" as "
     "described in Section 5.2 of [RFC6749] MUST be returned'.",
     ["token: code, a short verifier"], {"error": ("invalid_grant", "invalid_request")}),
    ("RFC 6749 5.2: the members of an error are error, error_description and error_uri.",
     ["token: refresh, more scopes", "token: client credentials, with more than registered"],
     {"members": ("", "scope"), "scope": (None, "user")}),
    ("RFC 6749 3.3: without a scope a pre-defined one counts, here what the app is registered for; "
     "what was given is then told.",
     ["token: client credentials, alone"],
     {"members": ("scope", ""), "scope": ("repo", None)}),
    ("RFC 6749 5.2: unauthorized_client for a client that 'is not authorized to use this "
     "authorization grant type'.",
     ["token: client credentials, of a public client", "device: of a client that may not",
      "token: a grant_type that is not registered"],
     {"error": ("unauthorized_client", "invalid_request")}),
    ("RFC 9110 15.5.16: 415 for content 'in a format not supported by this method'.",
     ["token: JSON"], {"status": (415, 400)}),
    ("RFC 9110 15.5.6: 405 when the method is known 'but not supported by the target resource', and "
     "the resource is there.",
     ["token: by GET", "introspection: by GET", "revocation: by GET", "push: by GET"],
     {"status": (405, 404), "type": ("application/json", "text/plain"), "no-store": (True, False),
      "members": ("error", ""), "error": ("invalid_request", None)}),
    ("The same of RFC 9110 15.5.6, in the words of the API's errors.",
     ["discovery: by POST"],
     {"status": (405, 404), "type": ("application/json", "text/plain"), "no-store": (True, False),
      "members": ("documentation_url message status", "")}),
    ("RFC 8628 3.2: interval is optional, and 5 where it is missing; it is said.",
     ["device: good", "device: of a public client", "device: an unknown scope"],
     {"members": ("interval", ""), "interval": (5, None)}),

    # asking about tokens and ending them

    ("RFC 7662 2.2: username is optional, and RFC 9470 6.2 adds acr and auth_time; they are told to who "
     "may ask.",
     ["introspection: an access token", "introspection: a refresh token",
      "introspection: an access token, the wrong hint",
      "introspection: an access token, an unknown hint"], {"members": ("acr auth_time username", "")}),
    ("RFC 7662 2.1: 'the endpoint MUST also require some form of authorization', of which a public "
     "client has none.",
     ["introspection: by a public client"],
     {"status": (400, 200), "members": ("error", "active client_id exp iat iss scope sub token_type"),
      "error": ("unauthorized_client", None), "active": (None, True),
      "token_type": (None, "Bearer"), "scope": (None, "email openid profile repo")}),
    ("RFC 7009 2.2: 'The content of the response body is ignored by the client'; ours is empty.",
     ["revocation: an access token", "revocation: a refresh token", "revocation: the wrong hint",
      "revocation: an unknown hint", "revocation: unknown", "revocation: of another client",
      "revocation: by a public client"], {"type": (None, "text/plain")}),
    ("RFC 9111 5.2.2.5: what answers a request with a token in it is not to be stored.",
     ["revocation: an access token", "revocation: a refresh token", "revocation: the wrong hint",
      "revocation: an unknown hint", "revocation: unknown", "revocation: of another client",
      "revocation: by a public client", "revocation: without token", "revocation: nobody",
      "revocation: a wrong secret"], {"no-store": (True, False)}),
    ("RFC 6750 3.1: a request that 'lacks any authentication information' gets no error code in the "
     "challenge; a token in the URL (RFC 9700 4.3.2) and another scheme are no such information.",
     ["userinfo: the token in the URL", "userinfo: another scheme"],
     {"status": (401, 400), "challenge": ("Bearer", "Bearer invalid_request"),
      "error": ("invalid_token", "invalid_request")}),
    ("RFC 6750 3: the scope that is needed is an attribute of the challenge, and no member.",
     ["userinfo: a token without openid"], {"members": ("", "scope"), "scope": (None, "openid")}),

    # metadata

    ("OpenID Connect Discovery 3: claim_types_supported is optional, and 'normal' where it is missing.",
     ["discovery: openid-configuration"], {"members": ("", "claim_types_supported")}),
    ("RFC 8414 2 has no members of OpenID Connect; those are in the other document.",
     ["discovery: oauth-authorization-server"],
     {"members": ("", "claim_types_supported claims_parameter_supported claims_supported "
                  "end_session_endpoint id_token_signing_alg_values_supported "
                  "request_uri_parameter_supported subject_types_supported userinfo_endpoint")}),
    ("RFC 8414 2 and Discovery 3 ask for a JWK Set document, which is JSON (RFC 7517 5), under no "
     "certain type.",
     ["discovery: the keys"], {"type": ("application/json", "application/jwk-set+json")}),

    # registration

    ("RFC 7591 2: client_name is what people are shown, so there is one; 3.2.1: what the server "
     "has for the client is told, and members without a value are not.",
     ["register: good", "register: of a public client", "register: a member nobody knows"],
     {"members": ("client_name", DEFAULTS)}),
    ("RFC 7592 3: the secret is optional there; only a hash of it is kept.",
     ["register: read"], {"members": ("client_name", "client_secret " + DEFAULTS)}),
    ("RFC 9700 2.6: authorization responses are not sent over connections without encryption, but to "
     "loopback addresses of native apps.",
     ["register: http and web"],
     {"status": (400, 201), "members": ("error", MADE), "error": ("invalid_redirect_uri", None)}),
    ("RFC 7591 2.1: a server takes 'steps to ensure that a client cannot register itself into an "
     "inconsistent state'.",
     ["register: grant and response types that do not fit"],
     {"status": (400, 201), "members": ("error", MADE),
      "error": ("invalid_client_metadata", None)}),
    ("RFC 7591 3.2.2: invalid_client_metadata is among the codes of this endpoint, invalid_request is "
     "not.",
     ["register: no JSON", "register: a form"],
     {"error": ("invalid_client_metadata", "invalid_request")}),

    # logging out

    ("RP-Initiated Logout 4: where a request has errors the person is told or asked, and not sent to "
     "the address; that is a page.",
     ["logout: a hint that is none", "logout: an address that is not registered"],
     {"where": ("person", None), "status": (None, 400), "type": (None, "application/json"),
      "no-store": (None, True), "members": ("", "error"), "error": (None, "invalid_request")}),
]

DIFFERENCES = {}
for _, names, differing in TABLE:
    for name in names:
        DIFFERENCES.setdefault(name, {}).update(differing)
