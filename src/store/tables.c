#include "store/tables.h"

static struct table *find(const struct tables *t, struct str name)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_eq_c(name, t->all[i].name))
			return &t->all[i];
	return NULL;
}

const struct table *tables_find(const struct tables *t, struct str name)
{
	return find(t, name);
}

/* The next piece up to a `sep` that is in no parentheses and no quotes; false at the end. */
static bool next_piece(struct str *rest, char sep, struct str *piece)
{
	int depth = 0;
	bool quoted = false;
	size_t i = 0;

	if (!rest->p || rest->n == 0)
		return false;
	for (; i < rest->n; i++) {
		char c = rest->p[i];

		if (c == '\'')
			quoted = !quoted;
		if (quoted)
			continue;
		if (c == sep && depth == 0)
			break;
		depth += c == '(' ? 1 : c == ')' ? -1 : 0;
	}
	*piece = str_trim(str_slice(*rest, 0, i));
	*rest = str_slice(*rest, i + 1, rest->n);
	return true;
}

/* Takes the next word off the front; a parenthesis ends one. */
static struct str word(struct str *rest)
{
	size_t i = 0;

	*rest = str_trim(*rest);
	while (i < rest->n && rest->p[i] != ' ' && rest->p[i] != '(' && rest->p[i] != ')')
		i++;
	struct str found = str_slice(*rest, 0, i);

	*rest = str_slice(*rest, i, rest->n);
	return found;
}

/* Takes `words` off the front, if they stand there. */
static bool takes(struct str *rest, const char *words)
{
	struct str trimmed = str_trim(*rest), wanted = str_from(words);

	if (!str_starts(trimmed, wanted))
		return false;
	*rest = str_slice(trimmed, wanted.n, trimmed.n);
	return true;
}

static bool holds(struct str text, const char *words)
{
	struct str wanted = str_from(words);

	for (size_t i = 0; i + wanted.n <= text.n; i++)
		if (memcmp(text.p + i, wanted.p, wanted.n) == 0)
			return true;
	return false;
}

/* What stands between the first parenthesis and its partner. */
static struct str within(struct str text)
{
	size_t from = str_find(text, '(') + 1, i = from;

	for (int depth = 1; i < text.n; i++) {
		depth += text.p[i] == '(' ? 1 : text.p[i] == ')' ? -1 : 0;
		if (depth == 0)
			break;
	}
	return str_slice(text, from, i);
}

static bool put_name(char out[TABLE_NAME], struct str name)
{
	if (name.n == 0 || name.n >= TABLE_NAME)
		return false;
	memcpy(out, name.p, name.n);
	out[name.n] = '\0';
	return true;
}

static bool type_of(struct str name, enum db_type *type)
{
	if (str_eq_c(name, "{int}"))
		*type = DB_TYPE_INT;
	else if (str_eq_c(name, "{text}"))
		*type = DB_TYPE_TEXT;
	else if (str_eq_c(name, "{bytes}"))
		*type = DB_TYPE_BYTES;
	else
		return false;
	return true;
}

static bool add_column(struct table *t, struct str text)
{
	if (t->columns_n == TABLE_COLUMNS)
		return false;
	struct table_column *c = &t->columns[t->columns_n];

	if (!put_name(c->name, word(&text)) || !type_of(word(&text), &c->type))
		return false;
	if (holds(text, "PRIMARY KEY"))
		t->key[t->key_n++] = t->columns_n;
	t->other_unique |= holds(text, "UNIQUE");
	t->columns_n++;
	return true;
}

static bool add_key(struct table *t, struct str names)
{
	struct str name;

	while (next_piece(&names, ',', &name)) {
		size_t i = 0;

		while (i < t->columns_n && !str_eq_c(name, t->columns[i].name))
			i++;
		if (i == t->columns_n || t->key_n == TABLE_KEY)
			return false;
		t->key[t->key_n++] = i;
	}
	return true;
}

static bool create_table(struct tables *tables, struct str text)
{
	struct table *t = &tables->all[tables->n];
	struct str name = word(&text), body = within(text), item;

	if (tables->n == TABLES_MAX || !put_name(t->name, name))
		return false;
	while (next_piece(&body, ',', &item)) {
		bool good = true;

		if (takes(&item, "PRIMARY KEY"))
			good = add_key(t, within(item));
		else if (takes(&item, "UNIQUE"))
			t->other_unique = true;
		else
			good = add_column(t, item);
		if (!good)
			return false;
	}
	tables->n++;
	return t->key_n > 0;
}

/* Not one of the key's: no engine lets that go. */
static bool drop_column(struct table *t, struct str name)
{
	size_t i = 0;

	while (i < t->columns_n && !str_eq_c(name, t->columns[i].name))
		i++;
	if (i == t->columns_n)
		return false;
	memmove(&t->columns[i], &t->columns[i + 1], (t->columns_n - i - 1) * sizeof t->columns[0]);
	t->columns_n--;
	for (size_t k = 0; k < t->key_n; k++)
		t->key[k] -= t->key[k] > i;
	return true;
}

/* What says which migrations there are is made by store/migrations.c, and no table of the schema.
 */
static bool alter_table(struct tables *tables, struct str text)
{
	struct str name = word(&text);
	struct table *t = find(tables, name);

	if (str_eq_c(name, "schema_version"))
		return true;
	if (!t)
		return false;
	if (takes(&text, "DROP COLUMN "))
		return drop_column(t, word(&text));
	return takes(&text, "ADD COLUMN ") && add_column(t, text);
}

static bool drop_table(struct tables *tables, struct str text)
{
	struct table *t = find(tables, word(&text));

	if (!t)
		return false;
	size_t after = tables->n - (size_t)(t - tables->all) - 1;

	memmove(t, t + 1, after * sizeof *t);
	tables->n--;
	memset(&tables->all[tables->n], 0, sizeof *t);
	return true;
}

static bool unique_index(struct tables *tables, struct str text)
{
	word(&text);
	if (!takes(&text, "ON "))
		return false;
	struct table *t = find(tables, word(&text));

	if (t)
		t->other_unique = true;
	return t != NULL;
}

/* What is not named here changes rows or indexes only. */
static bool take_statement(struct tables *tables, struct str text)
{
	if (takes(&text, "CREATE TABLE "))
		return create_table(tables, text);
	if (takes(&text, "ALTER TABLE "))
		return alter_table(tables, text);
	if (takes(&text, "DROP TABLE "))
		return drop_table(tables, text);
	if (takes(&text, "CREATE UNIQUE INDEX "))
		return unique_index(tables, text);
	return true;
}

bool tables_of(const struct db_schema *schema, struct arena *a, struct tables *out)
{
	*out = (struct tables){ARENA_ARRAY(a, struct table, TABLES_MAX + 1), 0};
	for (size_t i = 0; i < schema->n; i++) {
		struct str rest = str_from(db_migration_text(schema->numbers[i])), statement;

		if (!str_is_set(rest))
			return false;
		while (next_piece(&rest, ';', &statement))
			if (!take_statement(out, statement))
				return false;
	}
	return true;
}
