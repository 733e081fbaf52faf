/* A text that is shown again and again, until `q` is typed: top and slabtop. */
#ifndef _SCREEN_H
#define _SCREEN_H

#include <stdbool.h>

/* Keys arrive at once and are not shown; without a terminal nothing happens. */
void screen_begin(void);
void screen_end(void);
/* Goes to the upper left corner of an empty screen, if stdout is a terminal. */
void screen_clear(void);
int screen_rows(void);
/* Waits so many milliseconds; false: q or ^C was typed, or input ended. */
bool screen_wait(int milliseconds);

#endif
