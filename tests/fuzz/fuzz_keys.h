/* Public keys; what is signed with them is in corpus/jws. Nobody has the private halves any more.
 */
#ifndef LLAVERO_TESTS_FUZZ_KEYS_H
#define LLAVERO_TESTS_FUZZ_KEYS_H

/* clang-format off */
#define FUZZ_JWKS \
	"{\"keys\":[{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"ePSiQrSU-4RlTL8hRmJ9Qk3kcJX6BeFqmuGjBlfG" \
	"SBE\",\"y\":\"19A-qP17rQbsMcrMDFzWvG8DFDtmPzjZ5joClB_uvqc\",\"kid\":\"es256\",\"use\":\"sig\"" \
	",\"alg\":\"ES256\"},{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\"ubr7VrGwH8wBH3DZ-HDJkAsAyVxLNmX5ouc" \
	"YZsbC94EO76DKGi80q_k9gYdrRBUL4hMVmd88Uxq66UffdLBL75we5beIrz6Sq3Dvny-Vhdu03ri7LNl" \
	"cIM6dkkmcJq3GjdoO1g4u-dr034Cv1l9j0wWOHtq92UsER474pnmaV3mbr_Y-qYBCIycCu-oan3J3H2B" \
	"pzYiRLFHFD4vhqD4R79vKh43wMwJzpTPs8X4-kTCfsv5fnR7H9WZQqPgbDFhs95nLa430rpAaMzblD-b" \
	"8938MXWDqAvYMdfT6cQngFAhuWCW6710sHEDYixRy64fKI_WvT7DmW4h6ZmPj_09AJw\",\"kid\":\"rs25" \
	"6\",\"use\":\"sig\",\"alg\":\"RS256\"},{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"yYkgGQBauvQe6z90" \
	"oRwr4jRC8LNVdSgP870uZAfs2mA\",\"kid\":\"eddsa\",\"use\":\"sig\",\"alg\":\"EdDSA\"}]}"
/* clang-format on */

#endif
