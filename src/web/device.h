/* The device flow's pages: GitHub reference 5.2. */
#ifndef LLAVERO_WEB_DEVICE_H
#define LLAVERO_WEB_DEVICE_H

#include "http/http.h"

/* Entering the code that a device shows; `user_code` in the query fills it in and does no more. */
http_handler device_page;
http_handler device_submit;
http_handler device_account_page;
/* What the device asks for; and the decision. */
http_handler device_confirmation_page;
http_handler device_decide_submit;
http_handler device_success_page;
http_handler device_failure_page;
/* The address of the first of these pages as a QR code. */
http_handler device_qr;

#endif
