/* The SVG of a QR code. */
#include "base/arena.h"
#include "unit.h"
#include "web/qr.h"

#include <stdlib.h>
#include <string.h>

enum { SIDE_MAX = 185 };

/* Paints the runs of the second path, so that the drawing itself is looked at. */
static void paint(const char *svg, char grid[SIDE_MAX][SIDE_MAX])
{
	const char *p = strstr(svg, "<path d=\"");
	int x, y, run;

	assert_non_null(p);
	for (p += 9; *p == 'M'; p = strchr(p, 'z') + 1) {
		assert_int_equal(sscanf(p, "M%d %dh%d", &x, &y, &run), 3);
		assert_true(x >= 0 && y >= 0 && x + run <= SIDE_MAX && y < SIDE_MAX);
		memset(&grid[y][x], 1, (size_t)run);
	}
	assert_int_equal(*p, '"');
}

static void assert_finder(char grid[SIDE_MAX][SIDE_MAX], int left, int top)
{
	for (int y = 0; y < 7; y++)
		for (int x = 0; x < 7; x++) {
			int ring = abs(x - 3) > abs(y - 3) ? abs(x - 3) : abs(y - 3);

			assert_int_equal(grid[top + y][left + x], ring != 2);
		}
}

static void test_the_drawing_has_its_quiet_zone_and_three_finders(void **state)
{
	static char grid[SIDE_MAX][SIDE_MAX];
	struct arena a;
	int side;

	(void)state;
	arena_init(&a, 1 << 20);
	struct str svg = qr_svg(&a, STR("otpauth://totp/llavero:octocat?secret=GEZDGNBVGY3TQOJQ"));
	const char *text = str_c(&a, svg);

	assert_int_equal(sscanf(strstr(text, "viewBox"), "viewBox=\"0 0 %d", &side), 1);
	paint(text, grid);
	for (int i = 0; i < side; i++)
		for (int q = 0; q < 4; q++)
			assert_true(!grid[q][i] && !grid[i][q] && !grid[side - 1 - q][i] &&
				    !grid[i][side - 1 - q]);
	assert_finder(grid, 4, 4);
	assert_finder(grid, side - 4 - 7, 4);
	assert_finder(grid, 4, side - 4 - 7);
	arena_release(&a);
}

static void test_length_is_bounded(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	char *text = arena_alloc(&a, QR_TEXT_MAX + 2);

	memset(text, 'a', QR_TEXT_MAX + 1);
	assert_true(str_is_set(qr_svg(&a, (struct str){text, QR_TEXT_MAX - 1})));
	assert_true(str_is_set(qr_svg(&a, (struct str){text, QR_TEXT_MAX})));
	assert_false(str_is_set(qr_svg(&a, (struct str){text, QR_TEXT_MAX + 1})));
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_drawing_has_its_quiet_zone_and_three_finders),
		cmocka_unit_test(test_length_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
