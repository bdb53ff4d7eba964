#include "base/limits.h"
#include "rehearsal/handlers.h"

/* clang-format off */
const struct http_route rehearsal_routes[] = {
	{HTTP_GET, "/rehearsal/clock", rehearsal_clock_show, ROUTE_API, 0},
	{HTTP_POST, "/rehearsal/clock", rehearsal_clock_move, ROUTE_API | ROUTE_WRITES, LIMIT_BODY},

	{HTTP_GET, "/rehearsal/faults", rehearsal_fault_list, ROUTE_API, 0},
	{HTTP_POST, "/rehearsal/faults", rehearsal_fault_add, ROUTE_API, LIMIT_BODY},
	{HTTP_DELETE, "/rehearsal/faults", rehearsal_fault_clear, ROUTE_API, 0},

	{HTTP_GET, "/rehearsal/sandboxes", rehearsal_sandbox_list, ROUTE_API, 0},
	{HTTP_POST, "/rehearsal/sandboxes", rehearsal_sandbox_create, ROUTE_API | ROUTE_WRITES, LIMIT_BODY},
	{HTTP_DELETE, "/rehearsal/sandboxes/:id", rehearsal_sandbox_delete, ROUTE_API | ROUTE_WRITES, 0},

	{HTTP_GET, "/rehearsal/scenarios", rehearsal_scenario_list, ROUTE_API, 0},
	{HTTP_POST, "/rehearsal/scenarios", rehearsal_scenario_stage, ROUTE_API | ROUTE_WRITES, LIMIT_BODY},
	{HTTP_POST, "/rehearsal/authorize", rehearsal_authorize, ROUTE_API | ROUTE_WRITES, LIMIT_BODY},
	{HTTP_POST, "/rehearsal/client-documents", rehearsal_client_document, ROUTE_API | ROUTE_WRITES, LIMIT_BODY},
	{HTTP_GET, NULL, NULL, 0, 0},
};
/* clang-format on */
