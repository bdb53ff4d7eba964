"""What an authenticator computes: RFC 6238, independent of the server's library."""

import base64
import hashlib
import hmac
import struct
import time

STEP = 30


def totp(secret, off=0):
    """The code of now, or of a step `off` steps away, by RFC 6238 4.2."""
    key = base64.b32decode(secret)
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // STEP + off), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 10**6:06d}"


def wrong_code(secret):
    near = {totp(secret, off) for off in range(-3, 4)}
    return next(code for code in (d * 6 for d in "01234567") if code not in near)


def settle():
    """Waits out the last seconds of a step, so that codes made now are good when they arrive."""
    left = STEP - time.time() % STEP
    if left < 8:
        time.sleep(left)
