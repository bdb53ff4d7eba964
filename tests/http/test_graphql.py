"""POST /api/graphql: what gh asks after signing in, and a little more. GitHub reference 8.3, 13.8."""

import base64
import json
import re

import pytest

from raw_http import ask


@pytest.fixture(scope="module")
def people(server):
    user, other = server.make_user(), server.make_user()
    orgs = [server.cli_json("org", "create", f"gql-{user.id}-{i}", "--name", f"Org {i}",
                            "--admin", user.login)["login"] for i in range(3)]
    server.cli("org", "member", "add", orgs[1], other.login, "--public")
    server.cli("org", "member", "add", orgs[0], other.login)
    return user, other, orgs


@pytest.fixture(scope="module")
def token(server, people):
    return server.token_for(server.make_app(), server.signed_in(people[0]), scope="read:org gist")


@pytest.fixture(scope="module")
def run(server, token):
    def run(query, variables=None, name=None, token=token):
        body = {"query": query, "variables": variables, "operationName": name}
        reply = server.post("/api/graphql", json.dumps(body),
                            headers={"Authorization": f"token {token}",
                                     "Content-Type": "application/json"})
        assert reply.status_code == 200, reply.text
        assert reply.headers["X-OAuth-Scopes"] is not None
        return reply.json()
    return run


def failed(answer, words):
    assert set(answer) == {"errors"}, answer
    assert re.search(words, answer["errors"][0]["message"]), answer
    return answer["errors"][0]


def test_13_8_the_query_of_gh(server, octocat):
    token = server.token_for(server.make_app(), octocat, scope="repo read:org gist")
    reply = server.post("/api/graphql", '{"query":"query UserCurrent{viewer{login}}"}',
                        headers={"Authorization": f"token {token}"})
    assert reply.status_code == 200
    assert reply.text == '{"data":{"viewer":{"login":"octocat"}}}'
    assert reply.headers["X-OAuth-Scopes"] == "gist, read:org, repo"
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"


def test_8_1_needs_a_token(server):
    body = '{"query":"{viewer{login}}"}'
    reply = server.post("/api/graphql", body)
    assert (reply.status_code, reply.json()["message"]) == (401, "Requires authentication")
    reply = server.post("/api/graphql", body, headers={"Authorization": "token x"})
    assert (reply.status_code, reply.json()["message"]) == (401, "Bad credentials")
    assert server.get("/api/graphql").status_code == 405
    preflight = ask(server, "OPTIONS", "/api/graphql", "Origin: https://spa.example",
                    "Access-Control-Request-Method: POST")
    assert preflight.status == 204


def test_viewer(server, run, people):
    user = people[0]
    viewer = run("{viewer{__typename login id databaseId name email avatarUrl(size:64) url createdAt "
                 "isViewer isSiteAdmin}}")["data"]["viewer"]
    assert viewer["__typename"] == "User" and viewer["login"] == user.login
    assert base64.b64decode(viewer["id"]).decode() == f"04:User{user.id}"
    assert viewer["databaseId"] == user.id
    assert viewer["name"] is None and viewer["email"] == ""
    assert viewer["isViewer"] is True and viewer["isSiteAdmin"] is False
    assert viewer["url"] == f"{server.base}/{user.login}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", viewer["createdAt"])


def test_keys_come_in_the_order_asked_for(run):
    assert list(run("{viewer{url login id}}")["data"]["viewer"]) == ["url", "login", "id"]


def test_variables_aliases_and_names(run, people):
    user, other, _ = people
    query = "query A($l:String!){me:viewer{login} them:user(login:$l){who:login isViewer}} " \
            "query B{viewer{login}}"
    assert run(query, {"l": other.login.upper()}, "A")["data"] == {
        "me": {"login": user.login}, "them": {"who": other.login, "isViewer": False}}
    assert run(query, None, "B")["data"] == {"viewer": {"login": user.login}}
    failed(run(query), "operation name")
    failed(run(query, None, "C"), "operation name")
    for wrong in ({}, {"l": None}, {"l": 1}, {"l": ["x"]}, {"other": "x"}):
        failed(run(query, wrong, "A"), r"Variable \$l of type String!")
    default = 'query($l:String="%s"){user(login:$l){login}}' % other.login
    assert run(default)["data"]["user"]["login"] == other.login
    failed(run("{user(login:$l){login}}"), "not declared")


def test_organizations(run, people, server):
    user, other, orgs = people
    answer = run("{viewer{organizations(first:2){totalCount nodes{login name id}}}}")
    found = answer["data"]["viewer"]["organizations"]
    assert found["totalCount"] == 3
    assert [(o["login"], o["name"]) for o in found["nodes"]] == [(orgs[0], "Org 0"),
                                                                 (orgs[1], "Org 1")]
    # of others only what is public
    answer = run("query($l:String!){user(login:$l){organizations(first:100){nodes{login}}}}",
                 {"l": other.login})
    assert answer["data"]["user"]["organizations"]["nodes"] == [{"login": orgs[1]}]
    answer = run("query($n:Int!){viewer{organizations(first:$n){totalCount}}}", {"n": 1})
    assert answer["data"]["viewer"]["organizations"] == {"totalCount": 3}
    for bad in ("", "(first:0)", "(first:101)", '(first:"1")', "(first:-1)"):
        answer = run("{viewer{login organizations%s{totalCount}}}" % bad)
        assert answer["data"]["viewer"] == {"login": user.login, "organizations": None}
        assert answer["errors"][0]["type"] == "MISSING_PAGINATION_BOUNDARIES"
    plain = server.token_for(server.make_app(), server.signed_in(user), scope="gist")
    answer = run("{viewer{login organizations(first:1){totalCount}}}", token=plain)
    assert answer["data"]["viewer"]["organizations"] is None
    error = answer["errors"][0]
    assert error["type"] == "INSUFFICIENT_SCOPES" and "read:org" in error["message"]
    assert error["path"] == ["viewer", "organizations"]


def test_organization(run, people):
    orgs = people[2]
    answer = run("query($l:String!){organization(login:$l){__typename login name description "
                 "databaseId}}", {"l": orgs[2]})
    organization = answer["data"]["organization"]
    assert organization.pop("databaseId") > 0
    assert organization == {"__typename": "Organization", "login": orgs[2], "name": "Org 2",
                            "description": None}


def test_what_is_not_there_is_null_with_an_error(run):
    answer = run('{viewer{login}\n  user(login: "no\\"body"){login}}')
    assert answer["data"]["viewer"] and answer["data"]["user"] is None
    assert answer["errors"] == [{
        "type": "NOT_FOUND", "path": ["user"], "locations": [{"line": 2, "column": 3}],
        "message": "Could not resolve to a User with the login of 'no\"body'."}]
    answer = run('{o:organization(login:"octocat"){login}}')
    assert answer["data"] == {"o": None} and answer["errors"][0]["path"] == ["o"]


def test_fragments_and_directives(run, people):
    user = people[0]
    answer = run("query($y:Boolean!){viewer{...F ...on Organization{login} ...on Node{id} "
                 "...@skip(if:$y){url}} no:viewer@include(if:false){login}} "
                 "fragment F on User{login ...G} fragment G on Actor{databaseId}", {"y": True})
    assert set(answer["data"]) == {"viewer"}
    assert list(answer["data"]["viewer"]) == ["login", "databaseId", "id"]
    # the same field twice is one
    answer = run("{viewer{login} viewer{login databaseId}}")
    assert answer["data"] == {"viewer": {"login": user.login, "databaseId": user.id}}
    failed(run("{viewer{a:login a:id}}"), "conflict")
    failed(run("{viewer{...Nope}}"), "not defined")
    failed(run("{viewer{...on Repository{name}}}"), "No such type")
    failed(run("{viewer{login @upper}}"), "Directive")
    failed(run("{viewer{login @skip(if:1)}}"), "Directive")


def test_what_the_schema_has_not(run):
    error = failed(run("{viewer{login repositories{nodes{id}}}}"),
                   "Field 'repositories' doesn't exist on type 'User'")
    assert error["locations"] == [{"line": 1, "column": 15}]
    failed(run("{nope}"), "doesn't exist on type 'Query'")
    failed(run("{viewer}"), "must have selections")
    failed(run("{viewer{login{x}}}"), "scalars")
    failed(run('{viewer(x:1){login}}'), "doesn't accept argument 'x'")
    failed(run("{user{login}}"), "missing required arguments")
    failed(run("mutation{addStar(input:{}){x}}"), "queries only")
    failed(run("subscription{x}"), "queries only")


def test_rate_limit(run, launch):
    assert run("{rateLimit{limit}}")["data"] == {"rateLimit": None}
    server = launch(api_rate_limit=3)
    token = server.token_for(server.make_app(), server.signed_in())
    for used in range(1, 4):
        reply = server.post("/api/graphql",
                            '{"query":"{rateLimit{limit cost used remaining resetAt}}"}',
                            headers={"Authorization": f"token {token}"})
        told = reply.json()["data"]["rateLimit"]
        assert re.fullmatch(r"\d{4}-.*Z", told.pop("resetAt"))
        assert told == {"limit": 3, "cost": 1, "used": used, "remaining": 3 - used}
        assert reply.headers["X-RateLimit-Resource"] == "graphql"
    reply = server.post("/api/graphql", "{}", headers={"Authorization": f"token {token}"})
    assert reply.status_code == 403
    # REST has an account of its own
    assert server.api("/user", token).status_code == 200


@pytest.mark.parametrize("body, status", [
    ("", 400), ("x", 400), ("[]", 400), ("null", 400), ('"x"', 400), ('{"query":1', 400),
    ('{"query":"{a}","query":"{b}"}', 400), ("{}", 200), ('{"query":1}', 200),
    ('{"query":null}', 200), ('{"query":"{viewer{login}}","variables":[]}', 200),
    ('{"query":"{viewer{login}"}', 200), ("[" * 60000, 400)])
def test_bodies_that_are_no_query(server, token, body, status):
    reply = server.post("/api/graphql", body, headers={"Authorization": f"token {token}"})
    assert reply.status_code == status
    assert ("errors" in reply.json()) if status == 200 else reply.json()["message"]
    assert "data" not in reply.json()


def test_hostile_documents(server, run):
    failed(run("{viewer{...A}} fragment A on User{...B} fragment B on User{...A}"),
           "contain themselves")
    failed(run("{viewer{...A}} fragment A on User{login ...A}"), "too many")
    # each fragment doubles the one before: 2^14 fields
    bomb = "{viewer{...F0}} " + "".join(
        f"fragment F{i} on User{{...F{i + 1} ...F{i + 1}}} " for i in range(14))
    failed(run(bomb + "fragment F14 on User{login}"), "too many fields|deep")
    failed(run("{" * 2000), "deep|Parse")
    failed(run("{viewer{" + "login " * 5000 + "}}"), "too large")
    failed(run("{" + " ".join(f"a{i}:viewer{{login}}" for i in range(100)) + "}"), "too many")
    assert server.get("/healthz").status_code == 200
