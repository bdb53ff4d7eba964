/* Readers of column groups that several statements share; for store/ only. */
#ifndef LLAVERO_STORE_ROWS_H
#define LLAVERO_STORE_ROWS_H

#include "store/account.h"
#include "store/app.h"
#include "store/org.h"

/* ACCOUNT_COLUMNS and APP_COLUMNS of statements.def, from column `at`. */
void account_from_row(const struct db_rows *r, int at, struct arena *a, struct account *out);
void app_from_row(const struct db_rows *r, int at, struct arena *a, struct app *out);
/* ORG_COLUMNS, from column `at`. */
void org_from_row(const struct db_rows *r, int at, struct arena *a, struct org *out);

#endif
