/* The demo client meets every error that can be rehearsed. Only where the server is a rehearsal. */
#ifndef LLAVERO_WEB_DEMO_SCENARIO_H
#define LLAVERO_WEB_DEMO_SCENARIO_H

#include "gen/pages.h"
#include "web/demo_flow.h"

/* Fills the page's list of them, by group; leaves it empty where there is nothing to rehearse. */
void demo_scenario_list(struct context *c, struct page_demo_home *page);

#endif
