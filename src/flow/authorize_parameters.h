/* The parameters of an authorization request of the standard dialect, by their names: wherever they
 * come from, a query, a form, or what was pushed (RFC 9126). */
#ifndef LLAVERO_FLOW_AUTHORIZE_PARAMETERS_H
#define LLAVERO_FLOW_AUTHORIZE_PARAMETERS_H

#include "base/form.h"
#include "flow/authorize.h"

/* Fills `out` but for `repeated`. One without a value was not sent (RFC 6749 3.1); a doubled state
 * or response_mode is none. The texts stay where they are. */
void authorize_parameters(const struct params *p, struct authorize_request *out);

/* Each value of the parameter resource, which may be repeated (RFC 8707 2). */
struct asked_resources resource_parameters(const struct params *p);
/* Adds those of another parameter that means the same. */
void resource_parameters_add(const struct params *p, const char *name, struct asked_resources *out);

#endif
