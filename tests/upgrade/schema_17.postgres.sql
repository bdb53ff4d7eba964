-- A database as schema 17 left it, for tests/http/test_upgrade.py, which knows what is in it by this line:
-- {"login": "mona", "password": "correct horse battery staple", "client_id": "Ov23EXMCHt3JlcpXwqJp", "client_secret": "1d2a65512523ed48ff6793e985f8ea08fa083e7a", "token": "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", "revoked": "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", "expiring": {"client_id": "Ov2325Ga73Z4BBfXZch6", "client_secret": "16cd35c9394fb00ceaf7a43f8b4f3557d3d839bc"}, "refresh_token": "ghr_5HGm40IsGi1QrHB59vHB23RoZEOQGc298ibk2oTL2YocSHxGCR3SucK3qdsC2ywlzAVHdg2DRLJL"}
CREATE TABLE account (
    id bigint NOT NULL,
    login text NOT NULL COLLATE pg_catalog."C",
    login_key text NOT NULL COLLATE pg_catalog."C",
    name text COLLATE pg_catalog."C",
    password_hash text COLLATE pg_catalog."C",
    site_admin bigint NOT NULL,
    primary_verified bigint NOT NULL,
    suspended_at bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE TABLE app (
    id bigint NOT NULL,
    owner_id bigint NOT NULL,
    client_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    name_key text NOT NULL COLLATE pg_catalog."C",
    homepage text NOT NULL COLLATE pg_catalog."C",
    description text COLLATE pg_catalog."C",
    device_flow bigint NOT NULL,
    epoch bigint NOT NULL,
    suspended_at bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    token_expiration bigint DEFAULT 0 NOT NULL,
    dialects bigint DEFAULT 3 NOT NULL,
    profile text DEFAULT 'github'::text NOT NULL COLLATE pg_catalog."C",
    auth_method text DEFAULT 'client_secret_basic'::text NOT NULL COLLATE pg_catalog."C",
    metadata text COLLATE pg_catalog."C",
    origin text DEFAULT 'person'::text NOT NULL COLLATE pg_catalog."C",
    unverified bigint DEFAULT 0 NOT NULL,
    changed_at bigint
);
CREATE TABLE app_callback (
    app_id bigint NOT NULL,
    "position" bigint NOT NULL,
    uri text NOT NULL COLLATE pg_catalog."C",
    wildcard bigint NOT NULL
);
CREATE TABLE app_grant (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    app_id bigint NOT NULL,
    app_epoch bigint NOT NULL,
    scopes text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    revoked_at bigint,
    revoked_by text COLLATE pg_catalog."C",
    details text COLLATE pg_catalog."C"
);
CREATE TABLE app_registration (
    app_id bigint NOT NULL,
    hash bytea NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE app_secret (
    id bigint NOT NULL,
    app_id bigint NOT NULL,
    hash bytea NOT NULL,
    last_eight text NOT NULL COLLATE pg_catalog."C",
    created_by bigint NOT NULL,
    created_at bigint NOT NULL,
    used_at bigint,
    revoked_at bigint,
    sealed bytea
);
CREATE TABLE app_transfer (
    app_id bigint NOT NULL,
    to_id bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE audit (
    id bigint NOT NULL,
    at bigint NOT NULL,
    account_id bigint NOT NULL,
    actor text NOT NULL COLLATE pg_catalog."C",
    action text NOT NULL COLLATE pg_catalog."C",
    app_id bigint,
    detail text NOT NULL COLLATE pg_catalog."C",
    address text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE code (
    id bigint NOT NULL,
    hash bytea NOT NULL,
    app_id bigint NOT NULL,
    account_id bigint NOT NULL,
    grant_id bigint NOT NULL,
    redirect_uri text NOT NULL COLLATE pg_catalog."C",
    scopes text NOT NULL COLLATE pg_catalog."C",
    challenge text COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    consumed_at bigint,
    consumed_by text COLLATE pg_catalog."C",
    token_id bigint,
    offline bigint DEFAULT 0 NOT NULL,
    evict_token_id bigint,
    consumed_from text COLLATE pg_catalog."C",
    bound text COLLATE pg_catalog."C"
);
CREATE TABLE counter (
    name text NOT NULL COLLATE pg_catalog."C",
    next bigint NOT NULL
);
CREATE TABLE demo_flow (
    id text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    expires_at bigint NOT NULL
);
CREATE TABLE detail_type (
    name text NOT NULL COLLATE pg_catalog."C",
    definition text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL
);
CREATE TABLE device_code (
    id bigint NOT NULL,
    hash bytea NOT NULL,
    user_code bigint,
    app_id bigint NOT NULL,
    scopes text NOT NULL COLLATE pg_catalog."C",
    offline bigint NOT NULL,
    address text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    session_id bigint,
    approved_at bigint,
    denied_at bigint,
    consumed_at bigint,
    polled_at_us bigint DEFAULT 0 NOT NULL,
    slow bigint DEFAULT 0 NOT NULL,
    twice bigint DEFAULT 0 NOT NULL,
    account_id bigint,
    grant_id bigint,
    token_id bigint,
    evict_token_id bigint,
    bound text COLLATE pg_catalog."C"
);
CREATE TABLE email (
    account_id bigint NOT NULL,
    address text NOT NULL COLLATE pg_catalog."C",
    address_key text NOT NULL COLLATE pg_catalog."C",
    is_primary bigint NOT NULL,
    is_public bigint NOT NULL,
    verified_at bigint,
    created_at bigint NOT NULL
);
CREATE TABLE grant_token (
    grant_id bigint NOT NULL,
    token_id bigint NOT NULL,
    scopes text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    "position" bigint NOT NULL
);
CREATE TABLE instance (
    name text NOT NULL COLLATE pg_catalog."C",
    value bytea NOT NULL
);
CREATE TABLE issuer (
    issuer text NOT NULL COLLATE pg_catalog."C",
    jwks text COLLATE pg_catalog."C",
    jwks_uri text COLLATE pg_catalog."C",
    algs text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    scopes text COLLATE pg_catalog."C",
    any_app bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE TABLE issuer_app (
    issuer text NOT NULL COLLATE pg_catalog."C",
    app_id bigint NOT NULL
);
CREATE TABLE issuer_link (
    issuer text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    account_id bigint NOT NULL
);
CREATE TABLE logout_delivery (
    id bigint NOT NULL,
    app_id bigint NOT NULL,
    account_id bigint NOT NULL,
    session_id bigint NOT NULL,
    created_at bigint NOT NULL,
    due_at bigint NOT NULL,
    tries bigint NOT NULL
);
CREATE TABLE org_member (
    org_id bigint NOT NULL,
    account_id bigint NOT NULL,
    admin bigint NOT NULL,
    public bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE organization (
    id bigint NOT NULL,
    login text NOT NULL COLLATE pg_catalog."C",
    login_key text NOT NULL COLLATE pg_catalog."C",
    name text COLLATE pg_catalog."C",
    description text COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE TABLE pushed_request (
    hash bytea NOT NULL,
    app_id bigint NOT NULL,
    request text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    opened_at bigint,
    used_at bigint
);
CREATE TABLE recovery_code (
    account_id bigint NOT NULL,
    hash bytea NOT NULL,
    used_at bigint
);
CREATE TABLE refresh_family (
    id bigint NOT NULL,
    app_id bigint NOT NULL,
    account_id bigint NOT NULL,
    grant_id bigint NOT NULL,
    scopes text NOT NULL COLLATE pg_catalog."C",
    public_client bigint NOT NULL,
    generation bigint NOT NULL,
    current_hash bytea NOT NULL,
    previous_hash bytea,
    token_id bigint NOT NULL,
    created_at bigint NOT NULL,
    rotated_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    killed_at bigint,
    killed_by text COLLATE pg_catalog."C",
    bound text COLLATE pg_catalog."C"
);
CREATE TABLE refusal_count (
    app_id bigint NOT NULL,
    hour bigint NOT NULL,
    cause text NOT NULL COLLATE pg_catalog."C",
    n bigint NOT NULL
);
CREATE TABLE registration_token (
    id bigint NOT NULL,
    hash bytea NOT NULL,
    owner_id bigint NOT NULL,
    note text COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    expires_at bigint,
    uses_left bigint,
    revoked_at bigint
);
CREATE TABLE remote_document (
    url text NOT NULL COLLATE pg_catalog."C",
    body text NOT NULL COLLATE pg_catalog."C",
    fetched_at bigint NOT NULL,
    fresh_until bigint NOT NULL
);
CREATE TABLE request_log (
    id bigint NOT NULL,
    request_id text NOT NULL COLLATE pg_catalog."C",
    at_us bigint NOT NULL,
    app_id bigint NOT NULL,
    proven bigint NOT NULL,
    endpoint text NOT NULL COLLATE pg_catalog."C",
    cause text COLLATE pg_catalog."C",
    flow_id bigint,
    address text NOT NULL COLLATE pg_catalog."C",
    user_agent text NOT NULL COLLATE pg_catalog."C",
    detail text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE resource (
    identifier text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    format text NOT NULL COLLATE pg_catalog."C",
    alg text COLLATE pg_catalog."C",
    scopes text COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    acr_values text COLLATE pg_catalog."C",
    max_age bigint DEFAULT '-1'::integer NOT NULL,
    listed bigint DEFAULT 1 NOT NULL
);
CREATE TABLE resource_app (
    identifier text NOT NULL COLLATE pg_catalog."C",
    app_id bigint NOT NULL
);
CREATE TABLE sandbox (
    id text NOT NULL COLLATE pg_catalog."C",
    name text COLLATE pg_catalog."C",
    app_id bigint NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
);
CREATE TABLE sandbox_user (
    sandbox_id text NOT NULL COLLATE pg_catalog."C",
    account_id bigint NOT NULL
);
CREATE TABLE schema_version (
    version integer NOT NULL
);
CREATE TABLE seen_once (
    hash bytea NOT NULL,
    expires_at bigint NOT NULL
);
CREATE TABLE session (
    id bigint NOT NULL,
    secret_hash bytea NOT NULL,
    account_id bigint NOT NULL,
    created_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    ended_at bigint,
    address text NOT NULL COLLATE pg_catalog."C",
    user_agent text NOT NULL COLLATE pg_catalog."C",
    auth_time bigint DEFAULT 0 NOT NULL,
    auth_n bigint DEFAULT 1 NOT NULL,
    amr text DEFAULT 'pwd'::text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE session_app (
    session_id bigint NOT NULL,
    app_id bigint NOT NULL,
    account_id bigint NOT NULL
);
CREATE TABLE signing_key (
    alg text NOT NULL COLLATE pg_catalog."C",
    number bigint NOT NULL,
    kid text NOT NULL COLLATE pg_catalog."C",
    public_jwk text NOT NULL COLLATE pg_catalog."C",
    sealed bytea,
    created_at bigint NOT NULL,
    active_at bigint NOT NULL,
    ends_at bigint,
    leaves_at bigint,
    revoked_at bigint
);
CREATE TABLE team (
    id bigint NOT NULL,
    org_id bigint NOT NULL,
    slug text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    description text COLLATE pg_catalog."C",
    secret bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE TABLE team_member (
    team_id bigint NOT NULL,
    account_id bigint NOT NULL,
    maintainer bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE throttle (
    key bigint NOT NULL,
    failures bigint NOT NULL,
    window_ends_at bigint NOT NULL
);
CREATE TABLE token (
    id bigint NOT NULL,
    hash bytea NOT NULL,
    last_eight text NOT NULL COLLATE pg_catalog."C",
    app_id bigint NOT NULL,
    account_id bigint NOT NULL,
    grant_id bigint NOT NULL,
    scopes text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    expires_at bigint,
    revoked_at bigint,
    revoked_by text COLLATE pg_catalog."C",
    note text COLLATE pg_catalog."C",
    note_url text COLLATE pg_catalog."C",
    fingerprint text COLLATE pg_catalog."C",
    updated_at bigint,
    bound text COLLATE pg_catalog."C",
    from_token_id bigint
);
CREATE TABLE token_use (
    token_id bigint NOT NULL,
    used_at bigint NOT NULL
);
CREATE TABLE two_factor (
    account_id bigint NOT NULL,
    sealed bytea NOT NULL,
    session_id bigint NOT NULL,
    created_at bigint NOT NULL,
    confirmed_at bigint,
    used_step bigint NOT NULL
);
INSERT INTO account VALUES (-1, ' app', ' app', NULL, NULL, 0, 1, NULL, 0, 0);
INSERT INTO account VALUES (1, 'mona', 'mona', NULL, '$argon2id$v=19$m=8192,t=1,p=1$8D5+IsOepT9kZGpMqOivTA$DE5DXYUkTuQcqKOLJZWoOQAQmazEig8WSozidlvARTM', 0, 1, NULL, 1700000000, 1700000000);
INSERT INTO app VALUES (0, 0, '00000000000000000000', 'Personal access tokens', ' personal access tokens', '', NULL, 0, 1, NULL, 0, 0, 0, 3, 'github', 'client_secret_basic', NULL, 'person', 0, NULL);
INSERT INTO app VALUES (1, 1, 'Ov23EXMCHt3JlcpXwqJp', 'Kept', 'kept', 'https://app.example/', NULL, 0, 1, NULL, 1700000000, 1700000000, 0, 3, 'github', 'client_secret_basic', NULL, 'person', 0, NULL);
INSERT INTO app VALUES (2, 1, 'Ov2325Ga73Z4BBfXZch6', 'Kept and refreshed', 'kept and refreshed', 'https://app.example/', NULL, 0, 1, NULL, 1700000000, 1700000000, 1, 3, 'github', 'client_secret_basic', NULL, 'person', 0, NULL);
INSERT INTO app_callback VALUES (1, 0, 'https://app.example/cb', 0);
INSERT INTO app_callback VALUES (2, 0, 'https://app.example/cb', 0);
INSERT INTO app_grant VALUES (73, 1, 2, 1, 'user', 1700000000, 1700000000, NULL, NULL, NULL);
INSERT INTO app_grant VALUES (67, 1, 1, 1, 'gist repo user:email', 1700000000, 1700000000, NULL, NULL, NULL);
INSERT INTO app_secret VALUES (17, 1, '\x7c71991519b251c2ed9541c326beca64ed7bc72b52f83783d6d438c3f7a7e0db', 'fa083e7a', 1, 1700000000, 1700000000, NULL, NULL);
INSERT INTO app_secret VALUES (33, 2, '\xd9e023c9e710d277045a452668d9c07b643d43ff83a4537e319f3f0ca5645eb7', 'd3d839bc', 1, 1700000000, 1700000000, NULL, NULL);
INSERT INTO audit VALUES (1, 1700000000, 1, 'command line', 'user.create', NULL, 'mona', '');
INSERT INTO audit VALUES (18, 1700000000, 1, 'command line', 'oauth_application.create', 1, 'Kept', '');
INSERT INTO audit VALUES (34, 1700000000, 1, 'command line', 'oauth_application.create', 2, 'Kept and refreshed', '');
INSERT INTO audit VALUES (49, 1700000000, 1, 'command line', 'oauth_application.update', 2, 'Kept and refreshed', '');
INSERT INTO audit VALUES (66, 1700000000, 1, 'mona', 'user.login', NULL, '', '127.0.0.1');
INSERT INTO audit VALUES (68, 1700000000, 1, 'mona', 'oauth_authorization.create', 1, 'repo user:email', '127.0.0.1');
INSERT INTO audit VALUES (74, 1700000000, 1, 'mona', 'oauth_authorization.create', 2, 'user', '127.0.0.1');
INSERT INTO audit VALUES (78, 1700000000, 1, 'mona', 'oauth_authorization.update', 1, 'gist repo user:email', '127.0.0.1');
INSERT INTO audit VALUES (82, 1700000000, 1, 'Kept', 'oauth_access.destroy', 1, 'Kept', '127.0.0.1');
INSERT INTO audit VALUES (2113, 1700000000, 1, 'command line', 'org.add_member', NULL, 'keepers', '');
INSERT INTO audit VALUES (2129, 1700000000, 0, 'command line', 'signing_key.create', NULL, 'yFWnrvPpBPHZ5XGL7wTd4y9Tlwh6k4xkUm6t5s92rK4', '');
INSERT INTO audit VALUES (2130, 1700000000, 0, 'command line', 'signing_key.create', NULL, 'v22Mq82dRhzs5iRabfHmXG2w6-H3b5mkHT3qdj8YFa4', '');
INSERT INTO code VALUES (70, '\xe19bc465121d1a755251f9bed24522b47be56ffaed80c01ebef438d59fa2fec5', 1, 1, 67, 'https://app.example/cb', 'repo user:email', NULL, 1700000000, 1795826379, 1700000000, '0001:61B1:5:76A488F7:EC6628', 69, 0, NULL, '127.0.0.1', NULL);
INSERT INTO code VALUES (76, '\xc7649755324aebd3869998909298492130d72afc797397856fd267af686d8196', 2, 1, 73, 'https://app.example/cb', 'user', NULL, 1700000000, 1795826380, 1700000000, '0000:B021:1:2E16FA56:EC6648', 75, 0, NULL, '127.0.0.1', NULL);
INSERT INTO code VALUES (80, '\x5270bc78a9d45a0fa1e836b8bf9ef6c29a867886e138eb157122a9d2865f5e22', 1, 1, 67, 'https://app.example/cb', 'gist', NULL, 1700000000, 1795826380, 1700000000, '0000:1278:2:2E16FA56:EC6670', 79, 0, NULL, '127.0.0.1', NULL);
INSERT INTO counter VALUES ('team', 1);
INSERT INTO counter VALUES ('account', 2);
INSERT INTO counter VALUES ('app', 3);
INSERT INTO counter VALUES ('organization', 2);
INSERT INTO counter VALUES ('object', 2145);
INSERT INTO email VALUES (1, 'mona@example.com', 'mona@example.com', 1, 0, 1700000000, 1700000000);
INSERT INTO grant_token VALUES (67, 69, 'repo user:email', 1700000000, 1);
INSERT INTO grant_token VALUES (73, 75, 'user', 1700000000, 1);
INSERT INTO grant_token VALUES (67, 79, 'gist', 1700000000, 2);
INSERT INTO instance VALUES ('locator_key', '\xf3e0a108cb24a4e8ca4a9a219ce1debc');
INSERT INTO instance VALUES ('form_key', '\xca43365aed13b4aa77b9f1239d35866bb81066455de513ff203f03b380dadf2e');
INSERT INTO instance VALUES ('refresh_key', '\xbae0d4c74782fdcece3d261c737d846a52e9cf5a541cca3dd7fcdc4e5d7cb67a');
INSERT INTO instance VALUES ('vault_key', '\xa84e96d2594e1de47aea073fccb4ac4ca4778d3637ac1202ee4b59b9e1682d78');
INSERT INTO instance VALUES ('subject_key', '\x06adb0170ab5cf4f4e1d4a052fff7decfe9ebd34ee4a8ed7f4e0b86d38846e45');
INSERT INTO instance VALUES ('base_url', '\x687474703a2f2f3132372e302e302e313a3337393333');
INSERT INTO instance VALUES ('signing_keys', '\xac81f3bcd9fc3f1b6ece992bae7e02ec');
INSERT INTO org_member VALUES (1, 1, 0, 0, 1700000000);
INSERT INTO organization VALUES (1, 'keepers', 'keepers', NULL, NULL, 1700000000, 1700000000);
INSERT INTO refresh_family VALUES (75, 2, 1, 73, 'user', 0, 1, '\xa59b52f2c64e4e626516a1fc229aef1a879b5dda1405d3c51d22afd74696000a', NULL, 75, 1700000000, 1700000000, 4102444800, NULL, NULL, NULL);
INSERT INTO schema_version VALUES (1);
INSERT INTO schema_version VALUES (2);
INSERT INTO schema_version VALUES (3);
INSERT INTO schema_version VALUES (4);
INSERT INTO schema_version VALUES (5);
INSERT INTO schema_version VALUES (6);
INSERT INTO schema_version VALUES (7);
INSERT INTO schema_version VALUES (8);
INSERT INTO schema_version VALUES (9);
INSERT INTO schema_version VALUES (10);
INSERT INTO schema_version VALUES (11);
INSERT INTO schema_version VALUES (12);
INSERT INTO schema_version VALUES (13);
INSERT INTO schema_version VALUES (14);
INSERT INTO schema_version VALUES (15);
INSERT INTO schema_version VALUES (16);
INSERT INTO schema_version VALUES (17);
INSERT INTO session VALUES (65, '\xeac881d2b08861d0f6036a4b0a848ff5332a8af94a41f80520cd8e8d8a3dcc92', 1, 1700000000, 1700000000, 1798417779, NULL, '127.0.0.1', 'python-requests/2.28.1', 1700000000, 1, 'pwd');
INSERT INTO token VALUES (69, '\x791e87ddc4965b1df30502269f27284fb14b50942de2d35a5ed35974ebfa2405', 'UD4T8mDY', 1, 1, 67, 'repo user:email', 1700000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO token VALUES (75, '\xf9f4b604d9fc19238986e32a88bb4037000a68359e68ffee30e23b493821cc77', 'oW2MKeNd', 2, 1, 73, 'user', 1700000000, 1795854580, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO token VALUES (79, '\x622bc64685a8bb1b882c1b7a47f4cdd0f6a75f18f205c9129360d68c9d1513fa', 'e72PIaYu', 1, 1, 67, 'gist', 1700000000, NULL, 1700000000, 'app', NULL, NULL, NULL, NULL, NULL, NULL);
ALTER TABLE ONLY account
    ADD CONSTRAINT account_login_key_key UNIQUE (login_key);
ALTER TABLE ONLY account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);
ALTER TABLE ONLY app_callback
    ADD CONSTRAINT app_callback_pkey PRIMARY KEY (app_id, "position");
ALTER TABLE ONLY app
    ADD CONSTRAINT app_client_id_key UNIQUE (client_id);
ALTER TABLE ONLY app_grant
    ADD CONSTRAINT app_grant_pkey PRIMARY KEY (id);
ALTER TABLE ONLY app
    ADD CONSTRAINT app_name_key_key UNIQUE (name_key);
ALTER TABLE ONLY app
    ADD CONSTRAINT app_pkey PRIMARY KEY (id);
ALTER TABLE ONLY app_registration
    ADD CONSTRAINT app_registration_pkey PRIMARY KEY (app_id);
ALTER TABLE ONLY app_secret
    ADD CONSTRAINT app_secret_pkey PRIMARY KEY (app_id, id);
ALTER TABLE ONLY app_transfer
    ADD CONSTRAINT app_transfer_pkey PRIMARY KEY (app_id);
ALTER TABLE ONLY audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (id);
ALTER TABLE ONLY code
    ADD CONSTRAINT code_pkey PRIMARY KEY (id);
ALTER TABLE ONLY counter
    ADD CONSTRAINT counter_pkey PRIMARY KEY (name);
ALTER TABLE ONLY demo_flow
    ADD CONSTRAINT demo_flow_pkey PRIMARY KEY (id);
ALTER TABLE ONLY detail_type
    ADD CONSTRAINT detail_type_pkey PRIMARY KEY (name);
ALTER TABLE ONLY device_code
    ADD CONSTRAINT device_code_pkey PRIMARY KEY (id);
ALTER TABLE ONLY email
    ADD CONSTRAINT email_pkey PRIMARY KEY (address_key);
ALTER TABLE ONLY grant_token
    ADD CONSTRAINT grant_token_pkey PRIMARY KEY (grant_id, token_id);
ALTER TABLE ONLY instance
    ADD CONSTRAINT instance_pkey PRIMARY KEY (name);
ALTER TABLE ONLY issuer_app
    ADD CONSTRAINT issuer_app_pkey PRIMARY KEY (issuer, app_id);
ALTER TABLE ONLY issuer_link
    ADD CONSTRAINT issuer_link_pkey PRIMARY KEY (issuer, subject);
ALTER TABLE ONLY issuer
    ADD CONSTRAINT issuer_pkey PRIMARY KEY (issuer);
ALTER TABLE ONLY logout_delivery
    ADD CONSTRAINT logout_delivery_pkey PRIMARY KEY (id);
ALTER TABLE ONLY org_member
    ADD CONSTRAINT org_member_pkey PRIMARY KEY (org_id, account_id);
ALTER TABLE ONLY organization
    ADD CONSTRAINT organization_login_key_key UNIQUE (login_key);
ALTER TABLE ONLY organization
    ADD CONSTRAINT organization_pkey PRIMARY KEY (id);
ALTER TABLE ONLY pushed_request
    ADD CONSTRAINT pushed_request_pkey PRIMARY KEY (hash);
ALTER TABLE ONLY recovery_code
    ADD CONSTRAINT recovery_code_pkey PRIMARY KEY (account_id, hash);
ALTER TABLE ONLY refresh_family
    ADD CONSTRAINT refresh_family_pkey PRIMARY KEY (id);
ALTER TABLE ONLY refusal_count
    ADD CONSTRAINT refusal_count_pkey PRIMARY KEY (app_id, hour, cause);
ALTER TABLE ONLY registration_token
    ADD CONSTRAINT registration_token_hash_key UNIQUE (hash);
ALTER TABLE ONLY registration_token
    ADD CONSTRAINT registration_token_pkey PRIMARY KEY (id);
ALTER TABLE ONLY remote_document
    ADD CONSTRAINT remote_document_pkey PRIMARY KEY (url);
ALTER TABLE ONLY request_log
    ADD CONSTRAINT request_log_pkey PRIMARY KEY (id);
ALTER TABLE ONLY resource_app
    ADD CONSTRAINT resource_app_pkey PRIMARY KEY (identifier, app_id);
ALTER TABLE ONLY resource
    ADD CONSTRAINT resource_pkey PRIMARY KEY (identifier);
ALTER TABLE ONLY sandbox
    ADD CONSTRAINT sandbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sandbox_user
    ADD CONSTRAINT sandbox_user_pkey PRIMARY KEY (sandbox_id, account_id);
ALTER TABLE ONLY schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (version);
ALTER TABLE ONLY seen_once
    ADD CONSTRAINT seen_once_pkey PRIMARY KEY (hash);
ALTER TABLE ONLY session_app
    ADD CONSTRAINT session_app_pkey PRIMARY KEY (session_id, app_id);
ALTER TABLE ONLY session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id);
ALTER TABLE ONLY signing_key
    ADD CONSTRAINT signing_key_kid_key UNIQUE (kid);
ALTER TABLE ONLY signing_key
    ADD CONSTRAINT signing_key_pkey PRIMARY KEY (alg, number);
ALTER TABLE ONLY team_member
    ADD CONSTRAINT team_member_pkey PRIMARY KEY (team_id, account_id);
ALTER TABLE ONLY team
    ADD CONSTRAINT team_org_id_slug_key UNIQUE (org_id, slug);
ALTER TABLE ONLY team
    ADD CONSTRAINT team_pkey PRIMARY KEY (id);
ALTER TABLE ONLY throttle
    ADD CONSTRAINT throttle_pkey PRIMARY KEY (key);
ALTER TABLE ONLY token
    ADD CONSTRAINT token_pkey PRIMARY KEY (id);
ALTER TABLE ONLY token_use
    ADD CONSTRAINT token_use_pkey PRIMARY KEY (token_id);
ALTER TABLE ONLY two_factor
    ADD CONSTRAINT two_factor_pkey PRIMARY KEY (account_id);
CREATE INDEX app_grant_app ON app_grant USING btree (app_id);
CREATE UNIQUE INDEX app_grant_live ON app_grant USING btree (account_id, app_id) WHERE (revoked_at IS NULL);
CREATE INDEX app_owner ON app USING btree (owner_id);
CREATE INDEX app_secret_hash ON app_secret USING btree (hash);
CREATE INDEX app_transfer_to ON app_transfer USING btree (to_id);
CREATE INDEX app_unverified ON app USING btree (updated_at) WHERE (unverified = 1);
CREATE INDEX audit_account ON audit USING btree (account_id, at);
CREATE INDEX device_code_expiry ON device_code USING btree (expires_at);
CREATE UNIQUE INDEX device_code_waiting ON device_code USING btree (user_code) WHERE (user_code IS NOT NULL);
CREATE INDEX email_account ON email USING btree (account_id);
CREATE INDEX issuer_link_account ON issuer_link USING btree (account_id);
CREATE INDEX logout_delivery_due ON logout_delivery USING btree (due_at);
CREATE INDEX org_member_account ON org_member USING btree (account_id, org_id);
CREATE INDEX pushed_request_app ON pushed_request USING btree (app_id, expires_at);
CREATE INDEX pushed_request_expiry ON pushed_request USING btree (expires_at);
CREATE INDEX refresh_family_expiry ON refresh_family USING btree (expires_at);
CREATE INDEX refresh_family_token ON refresh_family USING btree (token_id);
CREATE INDEX registration_token_owner ON registration_token USING btree (owner_id);
CREATE INDEX remote_document_age ON remote_document USING btree (fetched_at);
CREATE INDEX request_log_app ON request_log USING btree (app_id, proven, at_us);
CREATE INDEX request_log_flow ON request_log USING btree (flow_id) WHERE (flow_id IS NOT NULL);
CREATE INDEX request_log_request ON request_log USING btree (request_id);
CREATE INDEX resource_listed ON resource USING btree (listed, identifier);
CREATE INDEX sandbox_expiry ON sandbox USING btree (expires_at);
CREATE INDEX seen_once_expiry ON seen_once USING btree (expires_at);
CREATE INDEX session_account ON session USING btree (account_id);
CREATE INDEX team_member_account ON team_member USING btree (account_id, team_id);
CREATE INDEX token_use_at ON token_use USING btree (used_at);
