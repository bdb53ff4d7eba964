/* llavero doctor: what is often set up wrongly, found before people find it. */
#ifndef LLAVERO_COMMAND_DOCTOR_H
#define LLAVERO_COMMAND_DOCTOR_H

#include "command/print.h"

/* How bad it is. */
enum finding {
	FINDING_GOOD,    /* nothing to do */
	FINDING_NOTE,    /* could not be looked at, or is worth knowing */
	FINDING_WARNING, /* works, and is weaker or poorer than it has to be */
	FINDING_PROBLEM, /* does not work, or is open to others */
	FINDINGS,
};

struct checkup {
	struct call *call;
	const char *name; /* of the check that runs */
	size_t said;      /* findings of it */
	size_t n[FINDINGS];
	json_t *findings; /* with --json */
	bool answers;     /* something answers where the settings listen */
};

/* A finding of the check that runs: what is so, and what to do about it (NULL: nothing). */
void found(struct checkup *c, enum finding how, const char *fix, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* doctor_settings.c: what the settings say by themselves */
void doctor_base_url(struct checkup *c);
void doctor_proxies(struct checkup *c);
void doctor_client_certificates(struct checkup *c);
void doctor_openness(struct checkup *c);
void doctor_passwords(struct checkup *c);
void doctor_environment(struct checkup *c);
/* doctor_machine.c: files, and what the machine gives */
void doctor_files(struct checkup *c);
void doctor_certificate(struct checkup *c);
void doctor_disk(struct checkup *c);
void doctor_descriptors(struct checkup *c);
void doctor_user(struct checkup *c);
void doctor_clock(struct checkup *c);
/* doctor_server.c: what answers, here and at base_url */
void doctor_server(struct checkup *c);
void doctor_way_here(struct checkup *c);
/* doctor_store.c: the database */
void doctor_database(struct checkup *c);

extern const struct flag doctor_flags[];
int doctor(struct call *call);

#endif
