/* The version of this program, as `llavero version` and the Server header say it. */
#ifndef LLAVERO_BASE_VERSION_H
#define LLAVERO_BASE_VERSION_H

#define LLAVERO_VERSION "0.1.0"

#endif
