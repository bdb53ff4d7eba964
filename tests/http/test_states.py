"""What an app can still do with what it was given, and what it can get anew, after something has befallen the
person or the app: each state of an account × each state of an app × each grant and each endpoint that takes a
token (states.py). P21, P28, A031, A062, A079, A082. Some pairs only, unless LLAVERO_EVERY_STATE is set, as it is
by `./dev attacks`."""

import itertools
import os

import pytest

import states
from llavero_http import basic
from own_issuer import Issuer

# The words, and why they are so:
#   no        there is nothing to be had for it any more
#   mail      a verified address is asked for wherever something is allowed; what was allowed before, and tokens,
#             go on, for a verification is never taken back
#   login     there is no session: suspending, deleting and a new password end them all, also where the
#             suspension was a mistake; an OpenID sign-in that had not reached the app by then does not
#   consent   it is asked for again
#   403       "Your account was suspended": GitHub's word, which UserInfo has no place for
#   none      the API tells of no organization
#   second    the password is not enough
#   dead      RFC 7009 2.2: whatever the token was, it is of no use after that
# Tokens outlive the session and the password, as GitHub's do, but for refresh tokens of a session.
OF_THE_PERSON = """
                   active unverified suspended restored deleted password signed_out two_factors locked took_back left
code, github       ok     mail       no        ok       no      ok       ok         ok          ok     no        ok
code, standard     ok     no         no        ok       no      ok       ok         ok          ok     no        ok
code, openid       ok     no         no        no       no      no       no         ok          ok     no        ok
device, github     ok     mail       no        ok       no      ok       ok         ok          ok     no        ok
device, standard   ok     no         no        ok       no      ok       ok         ok          ok     no        ok
api                ok     ok         403       ok       401     ok       ok         ok          ok     401       ok
api, standard      ok     ok         403       ok       401     ok       ok         ok          ok     401       ok
api, exchanged     ok     ok         403       ok       401     ok       ok         ok          ok     401       ok
api, personal      ok     ok         403       ok       401     ok       ok         ok          ok     ok        ok
organizations      ok     ok         403       ok       401     ok       ok         ok          ok     401       none
graphql            ok     ok         403       ok       401     ok       ok         ok          ok     401       ok
userinfo           ok     ok         401       ok       401     ok       ok         ok          ok     401       ok
introspect         ok     ok         inactive  ok       inactive ok      ok         ok          ok     inactive  ok
introspect refresh ok     ok         inactive  ok       inactive ok      ok         ok          ok     inactive  ok
introspect own     ok     ok         ok        ok       ok      ok       ok         ok          ok     ok        ok
check token        ok     ok         404       ok       404     ok       ok         ok          ok     404       ok
reset token        ok     ok         404       ok       404     ok       ok         ok          ok     404       ok
delete token       ok     ok         ok        ok       404     ok       ok         ok          ok     404       ok
exchange           ok     ok         no        ok       no      ok       ok         ok          ok     no        ok
jwt bearer         ok     no         no        ok       no      ok       ok         ok          ok     ok        ok
client credentials ok     ok         ok        ok       ok      ok       ok         ok          ok     ok        ok
refresh, github    ok     ok         no        ok       no      ok       ok         ok          ok     no        ok
refresh, session   ok     ok         no        no       no      no       no         ok          ok     no        ok
refresh, offline   ok     ok         no        ok       no      ok       ok         ok          ok     no        ok
ask, github        ok     403        login     login    login   login    login      ok          ok     consent   ok
ask, standard      ok     403        login     login    login   login    login      ok          ok     consent   ok
prompt=none        ok     mail       login     login    login   login    login      ok          ok     consent   ok
pushed             ok     403        login     login    login   login    login      ok          ok     consent   ok
consent            ok     403        login     login    login   login    login      ok          ok     ok        ok
device decided     ok     403        login     login    login   login    login      ok          ok     ok        ok
settings           ok     ok         login     login    login   login    login      ok          ok     ok        ok
push               ok     ok         ok        ok       ok      ok       ok         ok          ok     ok        ok
device begun       ok     ok         ok        ok       ok      ok       ok         ok          ok     ok        ok
password, api      ok     ok         403       ok       401     ok       ok         401         403    ok        ok
password, token    ok     403        403       ok       401     ok       ok         401         403    ok        ok
password, page     ok     ok         403       ok       422     ok       ok         second      429    ok        ok
impersonated       ok     ok         403       ok       404     ok       ok         ok          ok     ok        ok
revoke             dead   dead       dead      dead     dead    dead     dead       dead        dead   dead      dead
"""

#   app       it is not served, or not in this way
#   client    it is nobody that is known
# An app is not its owner: it goes on while somebody who answers for it is suspended, and the operator may
# suspend it, too. It goes with an owner who is deleted. `ended_all` is what an owner does when secrets got out.
OF_THE_APP = """
                   active suspended restored deleted ended_all old_secret no_devices owner_suspended owner_deleted transferred
code, github       ok     app       ok       client  no        client     ok         ok              client        ok
code, standard     ok     app       ok       client  no        client     ok         ok              client        ok
code, openid       ok     app       ok       client  no        client     ok         ok              client        ok
device, github     ok     app       ok       client  no        client     app        ok              client        ok
device, standard   ok     app       ok       client  no        client     app        ok              client        ok
api                ok     401       ok       401     401       ok         ok         ok              401           ok
api, standard      ok     401       ok       401     401       ok         ok         ok              401           ok
api, exchanged     ok     401       ok       401     401       ok         ok         ok              401           ok
api, personal      ok     ok        ok       ok      ok        ok         ok         ok              ok            ok
organizations      ok     401       ok       401     401       ok         ok         ok              401           ok
graphql            ok     401       ok       401     401       ok         ok         ok              401           ok
userinfo           ok     401       ok       401     401       ok         ok         ok              401           ok
introspect         ok     app       ok       client  inactive  client     ok         ok              client        ok
introspect refresh ok     app       ok       client  inactive  client     ok         ok              client        ok
introspect own     ok     app       ok       client  inactive  client     ok         ok              client        ok
check token        ok     404       ok       404     404       404        ok         ok              404           ok
reset token        ok     404       ok       404     404       404        ok         ok              404           ok
delete token       ok     404       ok       404     404       404        ok         ok              404           ok
exchange           ok     app       ok       client  no        client     ok         ok              client        ok
jwt bearer         ok     app       ok       client  ok        client     ok         ok              client        ok
client credentials ok     app       ok       client  ok        client     ok         ok              client        ok
refresh, github    ok     app       ok       client  no        client     ok         ok              client        ok
refresh, session   ok     app       ok       client  no        client     ok         ok              client        ok
refresh, offline   ok     app       ok       client  no        client     ok         ok              client        ok
ask, github        ok     app       ok       404     consent   ok         ok         ok              404           ok
ask, standard      ok     app       ok       404     consent   ok         ok         ok              404           ok
prompt=none        ok     app       ok       404     consent   ok         ok         ok              404           ok
pushed             ok     app       ok       404     consent   ok         ok         ok              404           ok
consent            ok     app       ok       404     ok        ok         ok         ok              404           ok
device decided     ok     not_found ok       not_found ok      ok         not_found  ok              not_found     ok
settings           ok     ok        ok       ok      ok        ok         ok         ok              ok            ok
push               ok     app       ok       client  ok        client     ok         ok              client        ok
device begun       ok     app       ok       client  ok        client     app        ok              client        ok
password, api      ok     ok        ok       ok      ok        ok         ok         ok              ok            ok
password, token    ok     422       ok       422     ok        422        ok         ok              422           ok
password, page     ok     ok        ok       ok      ok        ok         ok         ok              ok            ok
impersonated       ok     ok        ok       ok      ok        ok         ok         ok              ok            ok
revoke             dead   app       dead     client  dead      client     dead       dead            client        dead
"""

# The app is looked at before the person; where the person has to prove who it is first, it is the other way round.
PERSON_FIRST = {"device decided", "password, token"}


def read(table):
    head, *rows = table.strip("\n").split("\n")
    columns = head.split()
    cells = {row[:18].rstrip(): dict(zip(columns, row[18:].split(), strict=True)) for row in rows}
    return columns, cells


PERSON_STATES, PERSON = read(OF_THE_PERSON)
APP_STATES, APP = read(OF_THE_APP)
PAIRS = list(itertools.product(PERSON_STATES, APP_STATES))
SOME = [(person, app) for person, app in PAIRS if "active" in (person, app) or (person, app) in
        (("suspended", "suspended"), ("deleted", "deleted"), ("signed_out", "ended_all"))]


def expected(deed, person, app):
    of_person, of_app = PERSON[deed][person], APP[deed][app]
    if deed in PERSON_FIRST and person != "unverified" and of_person != "ok":
        return of_person
    if of_app not in ("ok", "consent", "dead"):
        return of_app
    return of_app if of_person == "ok" else of_person


@pytest.fixture(scope="module")
def own(launch):
    return launch(trusted_proxies="127.0.0.1", signin_failures=states.FAILURES, device_interval=1,
                  device_submissions_per_hour=0, log_per_minute=60000)


@pytest.fixture(scope="module")
def around(own):
    """Somebody who is trusted to speak for people, an organization, and an administrator."""
    own.cli("user", "admin", own.demo["login"], "on")
    made = own.cli_json("org", "create", "everybody", "--name", "Everybody", "--admin", own.demo["login"])
    admin = own.post("/api/v3/authorizations", '{"note": "admin", "scopes": ["site_admin"]}',
                     headers=basic(own.demo["login"], own.demo["password"])).json()["token"]
    return states.Surroundings(Issuer(own, "--subject", "login", "--scopes", "repo gist"), made["login"],
                               own.plant(admin))


def test_the_tables_are_whole():
    assert list(PERSON) == list(APP) == list(states.DEEDS)
    assert PERSON_STATES == list(states.OF_THE_PERSON) and APP_STATES == list(states.OF_THE_APP)


@pytest.mark.parametrize("person, app", PAIRS if os.environ.get("LLAVERO_EVERY_STATE") else SOME)
def test_what_can_be_done_then_P21_P28_A031_A062_A079(own, around, person, app):
    """A082: prompt=none, too."""
    world = states.World(own, around)
    states.OF_THE_PERSON[person](world)
    states.OF_THE_APP[app](world)
    came = {deed: do(world) for deed, do in states.DEEDS.items()}
    wrong = {deed: (word, expected(deed, person, app)) for deed, word in came.items()
             if word != expected(deed, person, app)}
    assert not wrong, wrong
