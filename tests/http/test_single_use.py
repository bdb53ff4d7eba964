"""One code, 64 redemptions at once, one token. Assurance A026, 6.1 (E1); 1,000 rounds.

The requests travel on connections that stay open; a barrier lets them go together, and several
workers serve them."""

import pytest

from crowd import Crowd, codes_of, token_request
from llavero_http import BAD_CODE, IS_SANITIZED
from raw_http import Wire

PARALLEL = 64
ROUNDS = 50 if IS_SANITIZED else 1000
PLANTED = 20  # of the rounds; the rest would only slow the search for secrets down


@pytest.mark.parametrize("workers", [1, 4])
def test_64_parallel_redemptions_give_one_token_A026(launch, workers):
    # P13
    # no access log: its lines would be most of the work
    own = launch(workers=workers, access_log="off", log_level="error")
    browser, app = own.signed_in(), own.make_app()
    own.token_for(app, browser)
    cookie = "; ".join(f"{c.name}={c.value}" for c in browser.session.cookies)
    crowd = Crowd(PARALLEL, own)
    issued = own.metric("llavero_tokens_issued_total")
    rounds = ROUNDS // 2
    try:
        with Wire(own) as wire:
            for number, code in enumerate(codes_of(wire, cookie, app, rounds)):
                replies = crowd.answers([token_request(wire, app, code)] * PARALLEL)
                tokens = [r["access_token"] for r in replies if "access_token" in r]
                assert len(tokens) == 1, f"round {number}: {len(tokens)} tokens"
                assert replies.count(BAD_CODE) == PARALLEL - 1
                if number < PLANTED:
                    own.plant(code, tokens[0])
                # whoever came second was right in everything, which is a replay: A025
                assert not own.is_alive(tokens[0])
    finally:
        crowd.stop()
    assert own.metric("llavero_tokens_issued_total") == issued + rounds


def test_wrong_requests_among_them_neither_win_nor_kill_A027(launch):
    """Only one of the 64 is right: it gets a token, and the others cannot end that."""
    # P13
    own = launch(workers=4)
    browser, app, other = own.signed_in(), own.make_app(), own.make_app()
    own.token_for(app, browser)
    cookie = "; ".join(f"{c.name}={c.value}" for c in browser.session.cookies)
    crowd = Crowd(PARALLEL, own)
    try:
        with Wire(own) as wire:
            for code in codes_of(wire, cookie, app, 20):
                own.plant(code)
                wrong = [token_request(wire, app, code, code_verifier="v" * 43),
                         token_request(wire, other, code),
                         token_request(wire, app, code, redirect_uri="https://x.example/"),
                         token_request(wire, app, code, grant_type="password")]
                requests = [wrong[i % len(wrong)] for i in range(PARALLEL)]
                requests[37] = token_request(wire, app, code)
                replies = crowd.answers(requests)
                assert [i for i, r in enumerate(replies) if "access_token" in r] == [37]
                token = own.plant(replies[37]["access_token"])
                assert own.is_alive(token)
                assert own.exchange(app, code) == BAD_CODE
                assert not own.is_alive(token)
    finally:
        crowd.stop()
