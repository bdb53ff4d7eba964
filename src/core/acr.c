#include "core/acr.h"

struct str acr_of(struct str amr)
{
	struct str name;

	if (!str_has_text(amr))
		return STR_NONE;
	while (str_next(&amr, ' ', &name))
		if (str_eq_c(name, "mfa"))
			return STR(ACR_TWO);
	return STR(ACR_ONE);
}

bool acr_is_known(struct str acr)
{
	return str_eq_c(acr, ACR_ONE) || str_eq_c(acr, ACR_TWO);
}

bool acr_suffices(struct str reached, struct str wanted)
{
	return str_eq_c(reached, ACR_TWO) ? acr_is_known(wanted)
					  : str_eq_c(reached, ACR_ONE) && str_eq(reached, wanted);
}
